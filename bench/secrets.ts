/**
 * What the search for secrets costs and how often it is wrong: lines of held-out packages with a value that is taken for a
 * secret, and the time for the text around a cursor. The packages are laid out by bench/prompts/unpack.ts.
 *
 *   node --import tsx bench/secrets.ts FOLDER [--show] > bench/results/secrets.json
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { machineOf } from '../src/measure/machine.ts';
import { median } from '../src/measure/statistics.ts';
import { secretsIn } from '../src/secrets/scan.ts';

/** Characters around a cursor, as the editor sends them. */
const AROUND = 20_000;
const TURNS = 40;

const { values, positionals } = parseArgs({ options: { show: { type: 'boolean' } }, allowPositionals: true });
const [folder] = positionals;
if (folder === undefined) throw new Error('Name the folder that the packages were laid out in.');

interface Count {
  files: number;
  lines: number;
  flagged: number;
}

const packages: Record<string, Count> = {};
const total: Count = { files: 0, lines: 0, flagged: 0 };
const texts: string[] = [];
for (const name of readdirSync(folder).sort()) {
  const counts: Count = { files: 0, lines: 0, flagged: 0 };
  for (const file of readdirSync(path.join(folder, name), { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const text = readFileSync(path.join(file.parentPath, file.name), 'utf8');
    const lines = flaggedLines(text);
    if (values.show)
      for (const line of lines) console.error(`${name} ${file.name}: ${line.trim().slice(0, 160)}`);
    counts.files++;
    counts.lines += text.split('\n').length;
    counts.flagged += lines.length;
    if (text.length >= AROUND) texts.push(text.slice(0, AROUND));
  }
  packages[name] = counts;
  for (const key of ['files', 'lines', 'flagged'] as const) total[key] += counts[key];
}

function flaggedLines(text: string): string[] {
  const starts = new Map<number, string>();
  for (const { start, end } of secretsIn(text)) {
    for (let at = start; at < end; ) {
      const lineStart = text.lastIndexOf('\n', at - 1) + 1;
      const lineEnd = text.indexOf('\n', at);
      starts.set(lineStart, text.slice(lineStart, lineEnd < 0 ? text.length : lineEnd));
      if (lineEnd < 0) break;
      at = lineEnd + 1;
    }
  }
  return [...starts.values()];
}

const millis = texts.slice(0, 60).map((text) => {
  const times = Array.from({ length: TURNS }, () => {
    const started = performance.now();
    secretsIn(text);
    return performance.now() - started;
  });
  return median(times);
});

console.log(
  JSON.stringify(
    {
      machine: machineOf(),
      total: { ...total, percent: Number(((100 * total.flagged) / total.lines).toFixed(4)) },
      millisFor20kCharacters: {
        median: Number(median(millis).toFixed(3)),
        most: Number(Math.max(...millis).toFixed(3)),
      },
      packages,
    },
    null,
    1,
  ),
);
