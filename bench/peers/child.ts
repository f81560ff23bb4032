import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { UserError } from '../../src/errors.ts';
import type { CallName, Calls } from './protocol.ts';

const root = path.join(import.meta.dirname, '..', '..');
const LONGEST_ANSWER = 600_000;

/** A peer in a process of its own, so that its threads are at rest while another one's work. */
export interface Child {
  readonly name: string;
  call<Name extends CallName>(name: Name, ask: Calls[Name]['ask']): Promise<Calls[Name]['answer']>;
  end(): void;
}

/** Start `bench/peers/NAME.ts`. A call fails with a UserError `peer-failed` when the process fails or is silent. */
export function startChild(name: string): Child {
  const child = fork(path.join(import.meta.dirname, `${name}.ts`), {
    cwd: root,
    execArgv: ['--import', 'tsx'],
    // A peer's own words are no part of the result.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return { name, call: (call, ask) => once(child, name, call, ask), end: () => child.kill('SIGKILL') };
}

function once<Name extends CallName>(
  child: ChildProcess,
  peer: string,
  name: Name,
  ask: Calls[Name]['ask'],
): Promise<Calls[Name]['answer']> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => {
      stop();
      reject(new UserError('peer-failed', `The peer ${peer} failed at «${name}»: ${reason}`));
    };
    const onExit = (code: number | null) => fail(`its process ended with ${code ?? 'a signal'}.`);
    const onMessage = (message: { answer: Calls[Name]['answer']; error?: string }) => {
      if (message.error !== undefined) return fail(message.error);
      stop();
      resolve(message.answer);
    };
    const timer = setTimeout(() => fail(`no answer in ${LONGEST_ANSWER / 1000} s.`), LONGEST_ANSWER);
    const stop = () => {
      clearTimeout(timer);
      child.off('exit', onExit);
      child.off('message', onMessage);
    };
    child.on('exit', onExit);
    child.on('message', onMessage);
    child.send({ name, ask });
  });
}
