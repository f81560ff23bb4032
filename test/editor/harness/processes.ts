import { type ChildProcess, spawn } from 'node:child_process';

/** A process with all that it starts, ended together. */
export interface ProcessGroup {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Ends the group and returns when it is gone. */
  end(): Promise<void>;
}

const running = new Set<number>();

/** Starts a program as the leader of a process group, so that whatever it forks can be ended with it. */
export function startGroup(
  command: string,
  args: readonly string[],
  options: { env: NodeJS.ProcessEnv; cwd?: string },
): ProcessGroup {
  const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${command} could not be started`);
  running.add(pid);
  let exited = child.exitCode !== null;
  child.once('exit', () => {
    exited = true;
  });
  return {
    pid,
    child,
    async end() {
      signalGroup(pid, 'SIGTERM');
      for (let waited = 0; groupIsAlive(pid, exited) && waited < 5000; waited += 50) await pause(50);
      signalGroup(pid, 'SIGKILL');
      running.delete(pid);
    },
  };
}

function groupIsAlive(pid: number, leaderExited: boolean): boolean {
  if (!leaderExited) return true;
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

// A test run that is broken off must not leave an editor behind.
process.once('exit', () => {
  for (const pid of running) signalGroup(pid, 'SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(1));
}
