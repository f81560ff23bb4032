// This folder: hours of random work for the worker, and a server that fails at random for who asks it.

// usage: npm run load -- [--minutes 120] [--seed N] [--out FILE]       (needs `npm run build`)
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { loadFor } from './load.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '120' }, seed: { type: 'string' }, out: { type: 'string' } },
});

async function main() {
  const seed = Number(values.seed ?? Date.now() % 2 ** 31);
  const result = await loadFor(Number(values.minutes) * 60_000, seed, 30_000);
  const text = `${JSON.stringify(result, null, 1)}\n`;
  console.log(text);
  if (values.out) writeFileSync(values.out, text);
  if (result.failed > 0 || result.rejections > 0) process.exitCode = 1;
}

void main();
