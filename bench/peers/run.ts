/**
 * Slipstream beside its peers on the same weights, prompt by prompt in turn, each peer in a process of its own.
 *
 *   npm ci --prefix bench/peers && node --import tsx bench/peers/run.ts --out bench/results/peers.json
 *
 * See bench/README.md, «Peers».
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Command } from 'commander';
import { wholeNumber } from '../../src/cli/options.ts';
import { UserError } from '../../src/errors.ts';
import { machineOf } from '../../src/measure/machine.ts';
import { type BenchPrompt, readPrompts, spread } from '../../src/measure/prompts.ts';
import { median } from '../../src/measure/statistics.ts';
import { PEER_ARMS, type Peer, type PeerArm, parseArms } from './arms.ts';
import { type Child, startChild } from './child.ts';
import { converted, convertedDrafts } from './convert.ts';
import type { Load, Outcome, Prepared, Work } from './protocol.ts';
import { BASES, type PeerSample, peerTable, summarizePeers } from './report.ts';

const root = path.join(import.meta.dirname, '..', '..');
const bundled = path.join(root, 'models');
/** Between two runs, so that the last one's threads stop looking for work. */
const SETTLE_MILLIS = 80;
/** Shorter continuations say more about the clock than about a decoder. */
const FEWEST_TOKENS = 8;
const IDLE_MILLIS = 1000;
/** Share of one core that a peer may use while it has nothing to do. */
const MOST_IDLE = 0.05;

interface Options {
  readonly prompts: string;
  readonly count: number;
  readonly tokens: number;
  readonly threads: number;
  readonly llamaThreads: number;
  readonly repeat: number;
  readonly minutes: number;
  readonly arms: string;
  readonly model: string;
  readonly cache: string;
  readonly out?: string;
  readonly quick?: boolean;
}

interface Task {
  readonly source: BenchPrompt;
  readonly prepared: Prepared;
}

const program = new Command('peers')
  .option(
    '--prompts <file>',
    'prompts, one JSON object a line',
    path.join(root, 'bench/prompts/engine.jsonl'),
  )
  .option('--count <n>', 'prompts to take, spread over the file', wholeNumber(1), 24)
  .option('--tokens <n>', 'most tokens to make of a prompt', wholeNumber(FEWEST_TOKENS), 64)
  .option('--threads <n>', 'threads of every peer', wholeNumber(1), 2)
  .option(
    '--llama-threads <n>',
    'threads of llama.cpp: the number with which it is fastest',
    wholeNumber(1),
    1,
  )
  .option('--repeat <n>', 'counted runs of an arm on a prompt; the median counts', wholeNumber(1), 3)
  .option('--minutes <n>', 'begin no further prompt after so long', wholeNumber(1), 8)
  .option('--arms <names>', 'what to compare, by commas', PEER_ARMS.map(({ name }) => name).join(','))
  .option('--model <dir>', 'the target', path.join(bundled, 'target'))
  .option('--cache <dir>', 'where converted models are kept', path.join(root, '.cache', 'peers'))
  .option('--out <file>', 'write the result as JSON')
  .option('--quick', 'four prompts of 16 tokens, once each: does everything still run?')
  .action(async (options: Options) => {
    try {
      await main(options.quick ? { ...options, count: 4, tokens: 16, repeat: 1 } : options);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      console.error(error.message);
      process.exitCode = 1;
    }
  });

async function main(options: Options): Promise<void> {
  if (!existsSync(path.join(import.meta.dirname, 'node_modules'))) {
    throw new UserError('peers-missing', 'The peers are not installed. Run: npm ci --prefix bench/peers');
  }
  const arms = parseArms([...BASES, options.arms].join(','));
  const prompts = spread(await readPrompts(options.prompts), options.count);
  const { drafts, notes } = convertedDrafts(options.model, options.cache);
  for (const note of notes) console.error(note);
  const load: Load = {
    threads: options.threads,
    model: options.model,
    converted: converted(options.model, options.cache),
    drafts,
    arms: [],
  };
  const children = new Map<Peer, Child>();
  try {
    const versions: Record<string, unknown> = {};
    for (const peer of new Set(arms.map(({ peer }) => peer))) {
      const child = startChild(peer);
      children.set(peer, child);
      const own = arms.filter((arm) => arm.peer === peer).map(({ name }) => name);
      const threads = peer === 'llamaCpp' ? options.llamaThreads : options.threads;
      versions[peer] = await child.call('load', { ...load, threads, arms: own });
    }
    const prepared = await children
      .get('slipstream')!
      .call('prepare', { prompts, maxTokens: options.tokens });
    const tasks = prompts
      .map((source, i): Task => ({ source, prepared: prepared[i]! }))
      .filter((task) => task.prepared.ids.length >= FEWEST_TOKENS);
    if (tasks.length === 0)
      throw new UserError('prompts-empty', 'No prompt has a continuation that is long enough.');

    await warmUp(arms, tasks[0]!, children, load);
    const idleCores = await idle(children);
    const samples = await measure(arms, tasks, children, load, options);
    const result = {
      machine: machineOf(),
      versions,
      settings: {
        prompts: path.basename(options.prompts),
        prompted: new Set(samples.map(({ prompt }) => prompt)).size,
        passedOver: prompts.length - tasks.length,
        tokens: options.tokens,
        threads: options.threads,
        repeat: options.repeat,
        model: path.basename(options.model),
        leftOut: notes,
      },
      idleCores,
      sameModel: await sameModel(tasks, children),
      arms: summarizePeers(samples),
      about: Object.fromEntries(arms.map(({ name, about }) => [name, about])),
    };
    if (options.out) writeFileSync(options.out, `${JSON.stringify(result, null, 1)}\n`);
    console.log(peerTable(result.arms));
    console.log(`\nllama.cpp chooses none's token at ${percent(result.sameModel)} of positions.`);
  } finally {
    for (const child of children.values()) child.end();
  }
}

function workOf(arm: PeerArm, { source, prepared }: Task): Work {
  const { prompt, after, ids } = prepared;
  return { arm: arm.name, prompt, after, count: ids.length, language: source.language };
}

/** Whether an arm can do a prompt: a draft model speaks for the languages it was made for. */
function serves(arm: PeerArm, { source }: Task, { drafts }: Load): boolean {
  const drafted = typeof arm.predictor === 'object' && arm.predictor.kind === 'draft';
  return !drafted || drafts.some(({ languages }) => languages.includes(source.language));
}

async function warmUp(
  arms: readonly PeerArm[],
  task: Task,
  children: ReadonlyMap<Peer, Child>,
  load: Load,
): Promise<void> {
  for (const arm of arms) {
    if (serves(arm, task, load)) await children.get(arm.peer)!.call('run', workOf(arm, task));
  }
}

/** Cores that each peer uses while nobody has anything to do. @throws UserError `peer-busy`. */
async function idle(children: ReadonlyMap<Peer, Child>): Promise<Record<string, number>> {
  await wait(SETTLE_MILLIS);
  const used = async () => {
    const all = [...children].map(
      async ([peer, child]) => [peer, await child.call('cpu', undefined)] as const,
    );
    return new Map(await Promise.all(all));
  };
  const before = await used();
  await wait(IDLE_MILLIS);
  const after = await used();
  const cores = [...after].map(
    ([peer, millis]) => [peer, (millis - before.get(peer)!) / IDLE_MILLIS] as const,
  );
  const busy = cores.find(([, share]) => share > MOST_IDLE);
  if (busy) {
    throw new UserError(
      'peer-busy',
      `${busy[0]} uses ${percent(busy[1])} of a core while idle: it would slow the others.`,
    );
  }
  return Object.fromEntries(cores);
}

async function measure(
  arms: readonly PeerArm[],
  tasks: readonly Task[],
  children: ReadonlyMap<Peer, Child>,
  load: Load,
  { repeat, minutes }: Options,
): Promise<PeerSample[]> {
  const samples: PeerSample[] = [];
  const started = performance.now();
  let stopped = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stopped = true;
    });
  }
  for (const [turn, task] of tasks.entries()) {
    // Who stops a run, or ran out of time, is shown what was measured so far.
    if (stopped || performance.now() - started > minutes * 60_000) break;
    const able = arms.filter((arm) => serves(arm, task, load));
    const outcomes = new Map<string, Outcome[]>(able.map(({ name }) => [name, []]));
    for (let round = 0; round < repeat; round++) {
      for (let i = 0; i < able.length; i++) {
        const arm = able[(i + turn + round) % able.length]!;
        outcomes.get(arm.name)!.push(await children.get(arm.peer)!.call('run', workOf(arm, task)));
        await wait(SETTLE_MILLIS);
      }
    }
    for (const [arm, runs] of outcomes) samples.push(sampleOf(arm, task, runs));
    if (process.stderr.isTTY) process.stderr.write(`\r${turn + 1} of ${tasks.length} prompts `);
  }
  return samples;
}

function sampleOf(arm: string, { source, prepared }: Task, runs: readonly Outcome[]): PeerSample {
  const { ids } = runs[0]!;
  const differs = prepared.ids.findIndex((id, i) => ids[i] !== id);
  const inside = runs.flatMap((run) => (run.inside === undefined ? [] : [run.inside / run.timed]));
  return {
    arm,
    prompt: source.id,
    language: source.language,
    perToken: median(runs.map((run) => run.decode / run.timed)),
    inside: inside.length > 0 ? median(inside) : undefined,
    prefillPerToken: median(runs.map((run) => run.prefill / prepared.prompt.length)),
    tokens: ids.length,
    agreed: differs < 0 ? prepared.ids.length : differs,
  };
}

/** Share of the tokens of `none` that llama.cpp chooses too, given the tokens before: are they one model? */
async function sameModel(tasks: readonly Task[], children: ReadonlyMap<Peer, Child>): Promise<number> {
  const child = children.get('llamaCpp');
  if (!child) return Number.NaN;
  let same = 0;
  let all = 0;
  for (const task of tasks) {
    const { ids } = task.prepared;
    same += ids.length * (await child.call('agree', { ...workOf(PEER_ARMS[0]!, task), ids }));
    all += ids.length;
  }
  return same / all;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

await program.parseAsync();
