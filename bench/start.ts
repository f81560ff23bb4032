/**
 * From the start of a worker process to the end of its first completion, and the memory that it holds then.
 *
 *   npm run build && node --import tsx bench/start.ts [--model base] [--starts 5] [--dropped] > bench/results/start.json
 *
 * `first`: nothing was kept of an earlier start, so files are checked and passes are measured. `later`: as every start after it.
 * `dropped`: as later, with models, programs and library put out of the system's cache of files before (Linux, `dd`).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { defaultOf } from '../src/editor/settings/settings.ts';
import { machineOf } from '../src/measure/machine.ts';
import { startProcess } from '../src/worker/process.ts';
import type { JobResult, SetupParams } from '../src/worker/protocol.ts';
import { quantiles } from './keystroke/report.ts';
import { type LongPrompt, readLongPrompts } from './keystroke/texts.ts';

const root = path.join(import.meta.dirname, '..');
const never = new AbortController().signal;
/** Completions after the first before memory is looked at again: drafts and caches are in use then. */
const FURTHER = 5;

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'base' },
    starts: { type: 'string', default: '5' },
    dropped: { type: 'boolean', default: false },
    prompts: { type: 'string', default: path.join(root, 'bench', 'prompts', 'first-light.jsonl') },
  },
});

/** Milliseconds since the process was started; megabytes. */
interface Start {
  readonly ready: number;
  readonly firstText: number;
  readonly completed: number;
  /** What the worker says of the load, of reading the first prompt and of its length. */
  readonly load: number;
  readonly prefill: number;
  readonly promptTokens: number;
  readonly residentMB: number;
  /** After further completions, with the open files in the index. */
  readonly residentAtWorkMB: number;
  readonly mostResidentMB: number | undefined;
}

async function main(): Promise<void> {
  const prompts = await readLongPrompts(values.prompts, FURTHER + 1);
  const storage = mkdtempSync(path.join(os.tmpdir(), 'start-'));
  try {
    const starts = Number(values.starts);
    const first = [await start(prompts, storage)];
    const later: Start[] = [];
    for (let i = 0; i < starts; i++) later.push(await start(prompts, storage));
    const dropped: Start[] = [];
    for (let i = 0; values.dropped && i < starts; i++) {
      dropFiles();
      dropped.push(await start(prompts, storage));
    }
    const report = {
      machine: machineOf(),
      model: values.model,
      unit: 'milliseconds from the start of the process; megabytes',
      first: summary(first),
      later: summary(later),
      ...(dropped.length > 0 && { dropped: summary(dropped) }),
    };
    console.log(JSON.stringify(report, null, 1));
  } finally {
    rmSync(storage, { recursive: true });
  }
}

async function start(prompts: readonly LongPrompt[], storage: string): Promise<Start> {
  const started = performance.now();
  const since = () => performance.now() - started;
  const link = startProcess(
    { modulePath: path.join(root, 'dist', 'worker.js'), log: (line) => console.error(line) },
    { onEnd: (description) => console.error(`The worker ended: ${description}`) },
  );
  try {
    const setup = await link.setup(setupOf(storage));
    const ready = since();
    let firstText: number | undefined;
    const result = done(
      await link.run(jobOf(prompts[0]!), never, () => {
        firstText ??= since();
      }),
    );
    const completed = since();
    const residentMB = ((await link.ask.residentBytes()) ?? 0) / 1e6;
    for (const { path: file, prefix, suffix } of prompts) {
      link.tell({ name: 'file', params: { path: file, text: prefix + suffix } });
    }
    for (const prompt of prompts.slice(1)) done(await link.run(jobOf(prompt), never, () => undefined));
    return {
      ready,
      firstText: firstText ?? completed,
      completed,
      load: setup.millis,
      prefill: result.millis.prefill,
      promptTokens: result.prefilled,
      residentMB,
      residentAtWorkMB: ((await link.ask.residentBytes()) ?? 0) / 1e6,
      mostResidentMB: mostResident(link.pid),
    };
  } finally {
    link.kill();
  }
}

function setupOf(storage: string): SetupParams {
  return { model: values.model, pool: [], policy: defaultOf('policy'), threads: 0, storage };
}

function jobOf({ path: file, language, prefix, suffix }: LongPrompt) {
  const maxTokens = defaultOf('completion.maxTokens');
  return { kind: 'complete' as const, path: file, language, prefix, suffix, singleLine: true, maxTokens };
}

function done(result: JobResult): JobResult & { type: 'done' } {
  if (result.type !== 'done') throw new Error(`a completion ended as ${JSON.stringify(result)}`);
  return result;
}

/** The most that a process held at once, where the system says. */
function mostResident(pid: number | undefined): number | undefined {
  if (pid === undefined || process.platform !== 'linux') return undefined;
  const kilobytes = /^VmHWM:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return kilobytes === undefined ? undefined : (Number(kilobytes) * 1024) / 1e6;
}

function summary(starts: readonly Start[]) {
  const names = Object.keys(starts[0]!) as (keyof Start)[];
  return Object.fromEntries(
    names.map((name) => [name, quantiles(starts.flatMap((each) => each[name] ?? []))]),
  );
}

/** Ask the system to forget what it holds of the files that a start reads. */
function dropFiles(): void {
  for (const folder of ['models', 'dist', path.join('node_modules', 'onnxruntime-node', 'bin')]) {
    for (const name of readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })) {
      const file = path.join(root, folder, name);
      execFileSync('dd', [`if=${file}`, 'iflag=nocache', 'count=0', 'status=none'], { stdio: 'ignore' });
    }
  }
}

void main();
