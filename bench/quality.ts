/**
 * What the bundled target writes, against what a person wrote, with the workspace memory off, over the file alone, and over
 * the file and the other files of its package:
 *
 *   node --import tsx bench/prompts/unpack.ts bench/prompts/engine.json DIR
 *   node --import tsx bench/quality.ts DIR/* > bench/results/quality.json
 *
 * Greedy, at most 64 tokens, with the prompt and the healing of the product; what drafts does not matter. `--every N` takes one
 * prompt of N.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { complete, promptBudget } from '../src/inference/jobs.ts';
import { loadPipeline, type Pipeline } from '../src/inference/pipeline.ts';
import { policyOf } from '../src/inference/policies.ts';
import { Workspaces } from '../src/learning/workspaces.ts';
import { type BenchPrompt, readPrompts } from '../src/measure/prompts.ts';
import { bootstrap } from '../src/measure/statistics.ts';
import { completionPrompt } from '../src/prompts/completion.ts';
import { editSimilarity, insideWord, lineIsRight, sameLines } from './textScores.ts';

const root = path.join(import.meta.dirname, '..');
const MODES = ['off', 'file', 'workspace'] as const;
type Mode = (typeof MODES)[number];
const MAX_TOKENS = 64;

interface Score {
  readonly firstToken: number;
  readonly line: number;
  readonly similarity: number;
}
interface Row {
  readonly prompt: BenchPrompt;
  readonly groups: readonly string[];
  readonly scores: Readonly<Record<Mode, Score>>;
}

/** Whether the first piece of text behind the cursor is what was written there. */
function firstIsRight(pipeline: Pipeline, prompt: BenchPrompt, ids: readonly number[]): boolean {
  const { tokenizer, trie, layout } = pipeline;
  const whole = completionPrompt(tokenizer, layout, prompt, promptBudget(pipeline, MAX_TOKENS));
  let skip = trie.heal(whole).required.length;
  for (const id of ids) {
    const bytes = tokenizer.vocabulary.bytes(id);
    if (bytes.length === 0) return false;
    if (bytes.length > skip) {
      const written = Buffer.from(`${prompt.expected}\n`).subarray(0, bytes.length - skip);
      return Buffer.compare(bytes.subarray(skip), written) === 0;
    }
    skip -= bytes.length;
  }
  return false;
}

async function score(pipeline: Pipeline, prompt: BenchPrompt): Promise<Score> {
  const job = { ...prompt, singleLine: false, maxTokens: MAX_TOKENS };
  const { text, ids } = await complete(pipeline, job, {
    policy: policyOf('rule', pipeline),
    signal: new AbortController().signal,
    onPieces: () => undefined,
  });
  const expected = prompt.expected!;
  return {
    firstToken: Number(firstIsRight(pipeline, prompt, ids)),
    line: Number(lineIsRight(text, expected)),
    similarity: editSimilarity(sameLines(text, expected), expected.trimEnd()),
  };
}

function groupsOf(prompt: BenchPrompt): string[] {
  const kind = prompt.kind!;
  const known = prompt.class ?? (kind === 'block' ? 'block' : kind === 'prose' ? 'docs' : 'line');
  if (known === 'edit') return ['class edit'];
  const place = insideWord(prompt.prefix, prompt.expected!) ? 'inside a word' : 'at a border of words';
  return ['all but edits', `class ${known}`, `language ${prompt.language}`, `cursor ${place}`];
}

function summary(rows: readonly Row[]) {
  const mean = (mode: Mode, key: keyof Score) => (places: ArrayLike<number>) => {
    let sum = 0;
    for (let i = 0; i < places.length; i++) sum += rows[places[i]!]!.scores[mode][key];
    return sum / places.length;
  };
  const round = ({ value, low, high }: { value: number; low: number; high: number }) =>
    [value, low, high].map((number) => (Number.isFinite(number) ? Number(number.toFixed(4)) : null));
  const figures = (mode: Mode) => ({
    firstToken: round(bootstrap(rows.length, mean(mode, 'firstToken'))),
    line: round(bootstrap(rows.length, mean(mode, 'line'))),
    similarity: round(bootstrap(rows.length, mean(mode, 'similarity'))),
    lineOverOff: round(
      bootstrap(rows.length, (places) => mean(mode, 'line')(places) / mean('off', 'line')(places)),
    ),
  });
  return { prompts: rows.length, ...Object.fromEntries(MODES.map((mode) => [mode, figures(mode)])) };
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { every: { type: 'string', default: '1' }, model: { type: 'string', default: '' } },
    allowPositionals: true,
  });
  if (positionals.length === 0) throw new Error('Name the folders that bench/prompts/unpack.ts made.');
  const load = { model: values.model, bundled: path.join(root, 'models'), threads: 1, pool: ['suffix'] };
  const pipeline = await loadPipeline({ ...load, memory: 'on' });
  if (!pipeline.memory) throw new Error(pipeline.loaded.problems.join(' '));
  const workspaces = await Workspaces.read(positionals, pipeline.tokenizer);
  const rows: Row[] = [];
  for (const set of ['engine', 'first-light']) {
    const prompts = await readPrompts(path.join(root, 'bench', 'prompts', `${set}.jsonl`));
    for (const prompt of prompts.filter((_, i) => i % Number(values.every) === 0)) {
      workspaces.fill(pipeline.index, prompt);
      const scores = {
        off: await score({ ...pipeline, memory: undefined }, prompt),
        file: await score({ ...pipeline, index: workspaces.alone(prompt) }, prompt),
        workspace: await score(pipeline, prompt),
      };
      rows.push({ prompt, groups: groupsOf(prompt), scores });
      if (rows.length % 100 === 0) console.error(`${rows.length} prompts`);
    }
  }
  const groups = [...new Set(rows.flatMap((row) => row.groups))].sort();
  const report = Object.fromEntries(
    groups.map((group) => [group, summary(rows.filter((row) => row.groups.includes(group)))]),
  );
  console.log(
    JSON.stringify({ model: pipeline.folder.name, interval: '[value, low, high], 95 %', ...report }, null, 1),
  );
}

void main();
