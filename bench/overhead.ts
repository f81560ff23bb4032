/**
 * Where the time of decoding goes beside the passes of the target: opening drafts, choosing, proposing, keeping drafts up
 * to date, and the rest (text, streaming, tensors).
 *
 *   node --import tsx bench/overhead.ts DIR/* > bench/results/overhead.json
 *
 * Each prompt is decoded once unmeasured, then once with each policy; times are summed over prompts. DIR is made by
 * bench/prompts/unpack.ts from engine.json: each prompt's package is in the index. `--count N` takes N prompts (60).
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Draft, DraftSession, InstantSession } from '../src/engine/drafts/draft.ts';
import { isInstant } from '../src/engine/drafts/draft.ts';
import type { Policy } from '../src/engine/policy/policy.ts';
import { complete } from '../src/inference/jobs.ts';
import { loadPipeline, type Pipeline } from '../src/inference/pipeline.ts';
import { policyOf } from '../src/inference/policies.ts';
import { Workspaces } from '../src/learning/workspaces.ts';
import { machineOf } from '../src/measure/machine.ts';
import { type BenchPrompt, readPrompts, spread } from '../src/measure/prompts.ts';

const root = path.join(import.meta.dirname, '..');
const POLICIES = ['none', 'rule', 'policy', 'trained+online'];
const PARTS = ['open', 'choose', 'propose', 'commit', 'observe'] as const;
type Part = (typeof PARTS)[number];

/** Adds up the time that is spent in parts. Work within a part is not counted a second time. */
class Stopwatch {
  readonly millis: Record<Part, number> = { open: 0, choose: 0, propose: 0, commit: 0, observe: 0 };
  private busy = false;

  time<T>(part: Part, work: () => T): T {
    if (this.busy) return work();
    this.busy = true;
    const started = performance.now();
    try {
      return work();
    } finally {
      this.millis[part] += performance.now() - started;
      this.busy = false;
    }
  }
}

function watchedSession(session: DraftSession, watch: Stopwatch): DraftSession {
  const watched: DraftSession = {
    commit: (tokens) => watch.time('commit', () => session.commit(tokens)),
    matchLength: () => watch.time('choose', () => session.matchLength()),
    behind: () => session.behind(),
    propose: (limit, signal) => watch.time('propose', () => session.propose(limit, signal)),
    ...(session.support ? { support: () => session.support!() } : {}),
  };
  if (!isInstant(session)) return watched;
  const instant: InstantSession = {
    ...watched,
    instant: true,
    propose: (limit) => watch.time('propose', () => session.propose(limit)),
  };
  return instant;
}

function watchedDraft(draft: Draft, watch: Stopwatch): Draft {
  return {
    id: draft.id,
    languages: draft.languages,
    open: (context) =>
      watchedSession(
        watch.time('open', () => draft.open(context)),
        watch,
      ),
  };
}

function watchedPolicy(policy: Policy, watch: Stopwatch): Policy {
  return {
    ...policy,
    begin(context) {
      const selector = policy.begin(context);
      return {
        choose: (sessions) => watch.time('choose', () => selector.choose(sessions)),
        observe: (outcome) => watch.time('observe', () => selector.observe(outcome)),
      };
    },
  };
}

async function measure(
  pipeline: Pipeline,
  name: string,
  prompts: readonly BenchPrompt[],
  workspaces: Workspaces,
) {
  const watch = new Stopwatch();
  const policy = watchedPolicy(policyOf(name, pipeline), watch);
  const drafts = pipeline.drafts.map((draft) => watchedDraft(draft, watch));
  const watched = { ...pipeline, drafts };
  const counted: Record<Part, number> = { open: 0, choose: 0, propose: 0, commit: 0, observe: 0 };
  let passes = 0;
  let decode = 0;
  let rounds = 0;
  let tokens = 0;
  for (const prompt of prompts) {
    const job = { ...prompt, singleLine: false, maxTokens: 64 };
    const control = { policy, signal: new AbortController().signal, onPieces: () => undefined };
    workspaces.fill(pipeline.index, prompt);
    await complete(watched, job, control);
    const before = { ...watch.millis };
    let passed = 0;
    pipeline.target.onPass = (_rows, _past, millis) => {
      passed += millis;
    };
    const result = await complete(watched, job, control);
    pipeline.target.onPass = undefined;
    // The first of the two runs only warmed the caches.
    for (const part of PARTS) counted[part] += watch.millis[part] - before[part];
    passes += passed;
    decode += result.millis.decode;
    rounds += result.rounds;
    tokens += result.ids.length;
  }
  const share = (millis: number) => Number((millis / decode).toFixed(4));
  const parts = Object.fromEntries(PARTS.map((part) => [part, share(counted[part])]));
  const outside = share(decode - passes);
  const known = PARTS.reduce((sum, part) => sum + counted[part], 0);
  return {
    policy: name,
    tokens,
    rounds,
    decodeMillis: Number(decode.toFixed(1)),
    outsidePasses: outside,
    parts: { ...parts, rest: share(decode - passes - known) },
    microsPerRound: Number(((1000 * (decode - passes)) / rounds).toFixed(1)),
  };
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { count: { type: 'string', default: '60' } },
    allowPositionals: true,
  });
  if (positionals.length === 0) throw new Error('Name the folders that bench/prompts/unpack.ts made.');
  const all = await readPrompts(path.join(root, 'bench', 'prompts', 'engine.jsonl'));
  const prompts = spread(all, Number(values.count));
  const pool: string[] = [];
  const pipeline = await loadPipeline({
    model: 'tiny',
    bundled: path.join(root, 'models'),
    pool,
    threads: 0,
  });
  const workspaces = await Workspaces.read(positionals, pipeline.tokenizer);
  await measure(pipeline, 'policy', prompts.slice(0, 20), workspaces);
  const results = [];
  for (const name of POLICIES) results.push(await measure(pipeline, name, prompts, workspaces));
  console.log(JSON.stringify({ machine: machineOf(), prompts: prompts.length, results }, null, 2));
  await pipeline.dispose();
}

void main();
