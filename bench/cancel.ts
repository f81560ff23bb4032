/**
 * How soon a running completion ends when a newer one comes, and how soon a killed worker answers again.
 *
 *   npm run build && node --import tsx bench/cancel.ts [--model tiny] [--prompts FILE] [--trials 100]
 *
 * The older job gets a prompt that is not in the cache and 400 tokens to write; the newer one comes after a
 * random wait, so that it falls into prefill, drafting or verification. Measured in the client, from sending
 * the newer job to the older one's answer: the editor's view, message passing included.
 */
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { machineOf } from '../src/measure/machine.ts';
import { type BenchPrompt, readPrompts } from '../src/measure/prompts.ts';
import { median, seededRandom } from '../src/measure/statistics.ts';
import { createWorkerClient } from '../src/worker/client.ts';
import { startProcess } from '../src/worker/process.ts';
import type { CompleteParams } from '../src/worker/protocol.ts';

const root = path.join(import.meta.dirname, '..');
const modulePath = path.join(root, 'dist', 'worker.js');
const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'tiny' },
    prompts: { type: 'string', default: path.join(root, 'bench', 'prompts', 'first-light.jsonl') },
    trials: { type: 'string', default: '100' },
  },
});
const setup = { model: values.model, pool: [], policy: 'rule', threads: 0 };
const never = new AbortController().signal;
const ignore = () => undefined;
const LONGEST_WAIT = 150;

const trials = Number(values.trials);

async function main(): Promise<void> {
  const prompts = await readPrompts(values.prompts);
  const cancelled = await measureCancel(prompts);
  const answered = await measureKill(prompts);
  const report = {
    machine: machineOf(),
    model: values.model,
    cancel: { trials: cancelled.length, ...quantiles(cancelled) },
    answerAfterKill: { trials: answered.length, ...quantiles(answered) },
    unit: 'milliseconds',
  };
  console.log(JSON.stringify(report, null, 2));
}

async function measureCancel(prompts: readonly BenchPrompt[]): Promise<number[]> {
  const worker = createWorkerClient({ modulePath, log: ignore });
  await worker.setup(setup);
  const random = seededRandom(1);
  const times: number[] = [];
  for (let trial = 0; times.length < trials && trial < 4 * trials; trial++) {
    const older = worker.run(job(prompts[trial % prompts.length]!, 400), never, ignore);
    await wait(random() * LONGEST_WAIT);
    const sent = performance.now();
    const newer = worker.run(job(prompts[(trial + 7) % prompts.length]!, 2), never, ignore);
    const ended = await older;
    const millis = performance.now() - sent;
    await newer;
    // A job that had come to its own end measured nothing.
    if (ended.type === 'cancelled' && ended.by === 'superseded') times.push(millis);
  }
  worker.dispose();
  return times;
}

/** Time from SIGKILL in mid-answer to the whole answer of the next request. */
async function measureKill(prompts: readonly BenchPrompt[]): Promise<number[]> {
  const times: number[] = [];
  for (let trial = 0; trial < 5; trial++) {
    let killed = 0;
    const ended = new Promise<void>((resolve) => {
      const link = startProcess({ modulePath, log: ignore }, { onEnd: () => resolve() });
      void link.setup(setup).then(() =>
        link.run(job(prompts[trial]!, 400), never, () => {
          killed = performance.now();
          if (link.pid !== undefined) process.kill(link.pid, 'SIGKILL');
        }),
      );
    });
    await ended;
    const next = createWorkerClient({ modulePath, log: ignore });
    await next.setup(setup);
    await next.run(job(prompts[trial]!, 16), never, ignore);
    times.push(performance.now() - killed);
    next.dispose();
  }
  return times;
}

function job(prompt: BenchPrompt, maxTokens: number): CompleteParams {
  const { language, prefix, suffix } = prompt;
  return { kind: 'complete', path: prompt.path, language, prefix, suffix, singleLine: false, maxTokens };
}

function quantiles(times: readonly number[]) {
  const sorted = [...times].sort((a, b) => a - b);
  return { p50: median(sorted), p95: sorted[Math.floor(sorted.length * 0.95)], max: sorted.at(-1) };
}

void main();
