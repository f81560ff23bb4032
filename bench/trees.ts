/**
 * Would it pay to verify a tree of what several drafts say in one pass? Answered by replay, without such an engine.
 *
 *   node --import tsx bench/trees.ts [--count 150] [--costs FILE] > bench/results/trees.json
 *
 * Only the times of passes need a machine at rest; `--costs` takes those of an earlier result, the rest is counting.
 * Each prompt is decoded once, and every draft is asked at every place of its path. Chances of branches are counted on the
 * one half of the prompts and used on the other, both ways round.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { CostTable } from '../src/engine/policy/costs.ts';
import { tokenKinds } from '../src/engine/policy/tokenKinds.ts';
import { loadPipeline } from '../src/inference/pipeline.ts';
import { machineOf } from '../src/measure/machine.ts';
import { readPrompts, spread } from '../src/measure/prompts.ts';
import { type Machine, oracleMillis, simulate, type Total } from './trees/simulate.ts';
import { BranchRates } from './trees/tree.ts';
import { type Walk, walk } from './trees/walk.ts';

const root = path.join(import.meta.dirname, '..');
/** What a round takes beside its pass, in milliseconds: see «Overhead». */
const OVERHEAD = 0.05;
/** Shares of a pass that a bias and moving keys and values together may cost more. */
const EXTRAS = [0, 0.05, 0.1];

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '150' },
    costs: { type: 'string' },
    prompts: { type: 'string', default: path.join(root, 'bench', 'prompts', 'engine.jsonl') },
  },
});

interface Measured {
  readonly costs: CostTable;
}

async function main(): Promise<void> {
  const all = await readPrompts(values.prompts);
  const prompts = spread(all, Number(values.count));
  const pipeline = await loadPipeline({
    model: 'tiny',
    bundled: path.join(root, 'models'),
    pool: [],
    threads: 0,
  });
  const { policy: weights, tokenizer } = pipeline;
  const { costs } = values.costs ? (JSON.parse(readFileSync(values.costs, 'utf8')) as Measured) : pipeline;
  if (weights?.method !== 'round') throw new Error('There is no trained policy that chooses in every round.');
  const walks: Walk[] = [];
  for (const prompt of prompts) walks.push(await walk(pipeline, prompt));
  await pipeline.dispose();
  const kinds = tokenKinds(tokenizer.vocabulary);
  const machine = (table: CostTable) => ({ weights, costs: table, kinds, overhead: OVERHEAD });
  const tables = { bundled: costs, ...largeCosts() };
  const results = Object.fromEntries(
    Object.entries(tables).map(([name, table]) => [name, study(walks, machine(table))]),
  );
  const tokens = walks.reduce((sum, each) => sum + each.path.length, 0);
  const drafts = walks[0]!.said[0]!.map(({ id }) => id);
  const result = {
    machine: machineOf(),
    prompts: prompts.length,
    tokens,
    drafts,
    policyDrafts: weights.arms,
    costs,
    results,
  };
  console.log(JSON.stringify(result, null, 1));
}

/** The same drafts and acceptance under the pass times of larger targets. */
function largeCosts(): Record<string, CostTable> {
  const file = path.join(root, 'bench', 'results', 'large.json');
  const { shapes } = JSON.parse(readFileSync(file, 'utf8')) as {
    shapes: (CostTable['target'] & { readonly shape: string })[];
  };
  const table = ({ widths, contexts, millis }: CostTable['target']): CostTable => ({
    target: { widths, contexts, millis },
    drafts: {},
  });
  // Where a wide pass was quicker than a narrow one, something else used the machine: such a table tells nothing.
  const even = shapes.filter(({ widths, millis }) =>
    millis.every((row) => row.every((each, i) => widths[i]! <= 2 || each >= row[i - 1]!)),
  );
  return Object.fromEntries(even.map((each) => [each.shape, table(each)]));
}

function study(walks: readonly Walk[], machine: Machine) {
  const halves = [0, 1].map((half) => walks.filter((_, i) => i % 2 === half));
  const rates = halves.map((half) => {
    const counted = new BranchRates();
    const onBranch = counted.observe.bind(counted);
    simulate(half, machine, { kind: 'single', onBranch });
    return counted;
  });
  const both = (run: (half: readonly Walk[], other: BranchRates) => Total) =>
    halves.map((half, i) => run(half, rates[1 - i]!)).reduce(sum);
  const single = both((half) => simulate(half, machine, { kind: 'single' }));
  const report = (total: Total) => ({
    ...total,
    millis: Number(total.millis.toFixed(1)),
    millisPerToken: Number((total.millis / total.tokens).toFixed(4)),
    /** Time that is saved over the single plan, as a share of its time. */
    saved: Number((1 - total.millis / single.millis).toFixed(4)),
  });
  const trees = EXTRAS.map((extra) => ({
    extra,
    ...report(both((half, other) => simulate(half, machine, { kind: 'tree', rates: other, extra }))),
  }));
  return {
    single: report(single),
    trees,
    freeBranches: report(both((half) => simulate(half, machine, { kind: 'free branches' }))),
    oracleSaved: Number((1 - oracleMillis(walks, machine) / single.millis).toFixed(4)),
  };
}

function sum(a: Total, b: Total): Total {
  return {
    millis: a.millis + b.millis,
    tokens: a.tokens + b.tokens,
    rounds: a.rounds + b.rounds,
    rows: a.rows + b.rows,
  };
}

void main();
