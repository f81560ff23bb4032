/**
 * Slipstream beside its peers on the same weights, prompt by prompt in turn, each peer in a process of its own.
 *
 *   npm ci --prefix bench/peers && node --import tsx bench/peers/run.ts --out bench/results/peers.json
 *
 * See bench/peers.md.
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Command } from 'commander';
import { wholeNumber } from '../../src/cli/options.ts';
import { UserError } from '../../src/errors.ts';
import { BUNDLED_TARGETS } from '../../src/inference/openTarget.ts';
import { machineOf } from '../../src/measure/machine.ts';
import { type BenchPrompt, readPrompts, spread } from '../../src/measure/prompts.ts';
import { median } from '../../src/measure/statistics.ts';
import { openModelFolder } from '../../src/runtime/modelFolder.ts';
import { armsFor, PEER_ARMS, type Peer, type PeerArm, parseArms } from './arms.ts';
import { type Child, startChild } from './child.ts';
import { converted, convertedDrafts } from './convert.ts';
import { idle } from './idle.ts';
import { fastestThreads, tryThreads } from './llamaThreads.ts';
import type { Load, Outcome, Prepared, Work } from './protocol.ts';
import { type PeerSample, peerTable, summarizePeers } from './report.ts';

const root = path.join(import.meta.dirname, '..', '..');
const bundled = path.join(root, 'models');
/** Between two runs, so that the last one's threads stop looking for work. */
const SETTLE_MILLIS = 80;
/** Shorter continuations say more about the clock than about a decoder. */
const FEWEST_TOKENS = 8;
/** Room for the longest prompt and what follows it, where the model has more. */
const MOST_CONTEXT = 2048;
/** Cores that other programs may use before the times are worth a warning. */
const MOST_OTHERS = 0.1;

interface Options {
  readonly prompts: string;
  readonly count: number;
  readonly tokens: number;
  readonly threads: number;
  readonly llamaThreads?: number;
  readonly repeat: number;
  readonly minutes: number;
  readonly arms?: string;
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
    'threads of llama.cpp; the number with which it is fastest without it',
    wholeNumber(1),
  )
  .option('--repeat <n>', 'counted runs of an arm on a prompt; the median counts', wholeNumber(1), 3)
  .option('--minutes <n>', 'begin no further prompt after so long', wholeNumber(1), 8)
  .option('--arms <names>', 'what to compare, by commas; all that suit the model without it')
  .option('--model <name>', 'the target: tiny, base or a folder', 'tiny')
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
  const suited = armsFor(options.model);
  const bases = suited.filter(({ peer }) => peer === 'slipstream').map(({ name }) => name);
  const arms = options.arms === undefined ? suited : parseArms([...bases, options.arms].join(','));
  const prompts = spread(await readPrompts(options.prompts), options.count);
  const folder = folderOf(options.model);
  const tiny = folderOf('tiny');
  const { drafts, notes } = await convertedDrafts(folder, tiny, options.cache);
  for (const note of notes) console.error(note);
  const { config } = await openModelFolder(folder);
  const context = Math.min(config.max_position_embeddings, MOST_CONTEXT);
  const load: Load = {
    threads: options.threads,
    model: options.model,
    context,
    converted: await converted(folder, options.cache),
    drafts,
    arms: [],
  };
  const children = new Map<Peer, Child>();
  try {
    const versions: Record<string, unknown> = {};
    const start = async (peer: Peer, threads: number) => {
      const child = startChild(peer);
      children.set(peer, child);
      const own = arms.filter((arm) => arm.peer === peer).map(({ name }) => name);
      versions[peer] = await child.call('load', { ...load, threads, arms: own });
      return child;
    };
    const own = await start('slipstream', options.threads);
    const prepared = await own.call('prepare', { prompts, maxTokens: options.tokens, context });
    const tasks = prompts
      .map((source, i): Task => ({ source, prepared: prepared[i]! }))
      .filter((task) => task.prepared.ids.length >= FEWEST_TOKENS);
    if (tasks.length === 0)
      throw new UserError('prompts-empty', 'No prompt has a continuation that is long enough.');

    const peers = new Set(arms.map(({ peer }) => peer));
    const tried = peers.has('llamaCpp') ? await tryThreads(load, tasks[0]!.prepared) : {};
    const llamaThreads = options.llamaThreads ?? fastestThreads(tried);
    if (peers.has('transformersJs')) await start('transformersJs', options.threads);
    if (peers.has('llamaCpp')) await start('llamaCpp', llamaThreads);
    await warmUp(arms, tasks[0]!, children, load);
    const { idleCores, othersCores } = await idle(children, SETTLE_MILLIS);
    if (othersCores > MOST_OTHERS) {
      console.error(`Other programs use ${othersCores.toFixed(1)} cores: these times mean little.`);
    }
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
        llamaThreads,
        llamaMillisByThreads: tried,
        repeat: options.repeat,
        model: path.basename(options.model),
        leftOut: notes,
      },
      idleCores,
      othersCores,
      sameModel: await sameModel(
        tasks.filter(({ source }) => samples.some(({ prompt }) => prompt === source.id)),
        children,
      ),
      arms: summarizePeers(samples, bases),
      about: Object.fromEntries(arms.map(({ name, about }) => [name, about])),
    };
    if (options.out) writeFileSync(options.out, `${JSON.stringify(result, null, 1)}\n`);
    console.log(peerTable(result.arms));
    console.log(`\nllama.cpp chooses none's token at ${percent(result.sameModel)} of positions.`);
  } finally {
    for (const child of children.values()) child.end();
  }
}

/** The folder of a target that is named as for the command line. */
function folderOf(model: string): string {
  const bundledName = model === 'base' || model === 'tiny' ? BUNDLED_TARGETS[model] : undefined;
  return bundledName === undefined ? path.resolve(model) : path.join(bundled, bundledName);
}

function workOf(arm: PeerArm, { source, prepared }: Task): Work {
  const { prompt, after, ids } = prepared;
  const { path, prefix, suffix, language } = source;
  return { arm: arm.name, prompt, after, count: ids.length, language, text: { path, prefix, suffix } };
}

/** Whether an arm can do a prompt: a draft model speaks for the languages it was made for. */
function serves(arm: PeerArm, { source }: Task, { drafts }: Load): boolean {
  const drafted = typeof arm.predictor === 'object' && arm.predictor.kind === 'draft';
  return (
    !drafted || drafts.some(({ languages }) => languages.length === 0 || languages.includes(source.language))
  );
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
