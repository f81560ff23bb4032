// Tries the properties on many cases, and writes down what was tried.
// usage: node --import tsx test/fuzz/run.ts [--cases 100000] [--graphs 0] [--seed N] [--out FILE]
// With --graphs so many damaged graphs are given to the native library too.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { tryGraphs } from './graphs.ts';
import { tryProperties } from './try.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '100000' },
    graphs: { type: 'string', default: '0' },
    seed: { type: 'string' },
    out: { type: 'string' },
  },
});
const seed = Number(values.seed ?? Date.now() % 2 ** 31);

async function main() {
  const since = performance.now();
  const asked = Number(values.cases);
  const tried = asked > 0 ? await tryProperties(asked, seed, (line) => console.log(line)) : [];
  const seconds = Math.round((performance.now() - since) / 1000);
  const cases = tried.reduce((sum, one) => sum + one.cases, 0);
  const failed = tried.filter(({ failure }) => failure !== undefined).length;
  const graphs = await tryGraphs(Number(values.graphs), seed);
  const result = { seed, cases, failed, seconds, properties: tried, graphs };
  console.log(JSON.stringify(graphs));
  console.log(`${cases} cases, ${failed} properties failed, ${seconds} s, seed ${seed}`);
  if (values.out) writeFileSync(values.out, `${JSON.stringify(result, null, 1)}\n`);
  if (failed + graphs.hung.length + graphs.unforeseen.length > 0) process.exitCode = 1;
}

void main();
