// Runs the tests with Node's own runner, so that one closing count covers all of them.
// usage: node --import tsx scripts/test.ts [unit|integration|training|editor|FILE ...]      (no argument: everything)
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { run } from 'node:test';
import { spec, tap } from 'node:test/reporters';
import { oneCount, type RunnerEvent } from './oneCount.ts';
import { isFailure, secondTry } from './secondTry.ts';

const root = path.resolve(import.meta.dirname, '..');
interface Group {
  readonly folder: string;
  readonly recursive: boolean;
  /** Files that run at once: one where an editor with its browser takes every core. */
  readonly atOnce: number;
  /** Whether a file that failed is run once more. */
  readonly again?: boolean;
}

// The suites under test/editor/suite run inside the editor and belong to none of these.
const groups: Readonly<Record<string, Group>> = {
  unit: { folder: 'test/unit', recursive: true, atOnce: 2 },
  integration: { folder: 'test/integration', recursive: true, atOnce: 2 },
  training: { folder: 'test/training', recursive: true, atOnce: 2 },
  editor: { folder: 'test/editor', recursive: false, atOnce: 1, again: true },
};

const asked = process.argv.slice(2);
const sets = (asked.length > 0 ? asked : Object.keys(groups))
  .map(setOf)
  .filter(({ files }) => files.length > 0);
if (sets.length === 0) {
  console.error(`No tests found for: ${asked.join(' ') || Object.keys(groups).join(' ')}`);
  process.exit(2);
}

const stopped = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopped.abort());
// Files are named from the clone's folder.
process.chdir(root);

const events = oneCount(sets.flatMap(runsOf));
const source = Readable.from(watched(events));
(process.stdout.isTTY ? source.pipe(new spec()) : source.compose(tap)).pipe(process.stdout);

/** A test that failed makes the exit status. */
async function* watched(all: AsyncIterable<RunnerEvent>): AsyncGenerator<RunnerEvent> {
  for await (const event of all) {
    if (isFailure(event)) process.exitCode = 1;
    yield event;
  }
}

interface FileSet {
  readonly files: string[];
  readonly atOnce: number;
  readonly again?: boolean;
}

function runsOf({ files, atOnce, again }: FileSet): (() => AsyncIterable<RunnerEvent>)[] {
  const start = (some: string[]) => () => run({ files: some, concurrency: atOnce, signal: stopped.signal });
  return again ? files.map((file) => () => secondTry(start([file]))) : [start(files)];
}

function setOf(name: string): FileSet {
  const group = Object.hasOwn(groups, name) ? groups[name] : undefined;
  if (!group) return { files: [name], atOnce: 1 };
  const { folder, recursive, ...how } = group;
  const location = path.join(root, folder);
  if (!existsSync(location)) return { files: [], ...how };
  // Node 20 expands no patterns itself, and shells do not agree on `**`.
  const files = readdirSync(location, { recursive, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .sort()
    .map((file) => path.join(folder, file));
  return { files, ...how };
}
