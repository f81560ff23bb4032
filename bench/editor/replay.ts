/**
 * A person who types a real file in the real editor, at a steady number of keys a minute: the packed extension in code-server and Chromium.
 *
 *   npm run build && node --import tsx bench/editor/replay.ts --rate 200 [--keys 100] [--model tiny] [--language python] [--profile FILE] > bench/results/typing-200-tiny.json
 *
 * `millis`: from the event of a key to the first picture with ghost text, from the second picture on, of the keys after which there was some before the next key. Sources,
 * jobs and jobs that were ended early are those that the insights page shows at the end. `eventLoop`: how long the process that hosts extensions
 * kept a timer waiting, of all its timers, and `longest` of each key; `silent` is the same while keys were typed in a file where nothing is
 * suggested. `--profile` keeps what that process did while keys were typed, for Chromium's developer tools, and costs time itself. `cpu`: milliseconds of processor time a key, of the worker and of the extension host.
 */
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { machineOf } from '../../src/measure/machine.ts';
import { startServer } from '../../test/editor/harness/server.ts';
import { packedExtension } from '../../test/editor/harness/vsix.ts';
import { Workbench } from '../../test/editor/harness/workbench.ts';
import { longSession, readLongPrompts } from '../keystroke/texts.ts';
import { keysOf } from '../keystroke/typist.ts';
import { makeProbe, type Probe } from './probe.ts';

const root = path.join(import.meta.dirname, '..', '..');
const GHOST = '.ghost-text-decoration, .ghost-text-decoration-preview, .suggest-preview-text .view-line';
/** The worker has a file read after this long, in milliseconds. */
const READING = 2_000;
/** So long is typed where nothing is suggested, in milliseconds. */
const SILENT = 15_000;

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '200' },
    keys: { type: 'string', default: '100' },
    model: { type: 'string', default: 'tiny' },
    language: { type: 'string' },
    profile: { type: 'string' },
    prompts: { type: 'string', default: path.join(root, 'bench', 'prompts', 'first-light.jsonl') },
  },
});

async function main(): Promise<void> {
  const [first] = await readLongPrompts(values.prompts, 1, values.language);
  if (!first) throw new Error('there is no text to type');
  const { path: name, prefix, expected } = longSession(first);
  const file = { name: `typed${path.extname(name)}`, text: prefix };
  // Excluded by its name, and otherwise the same.
  const silent = { name: `secrets${path.extname(name)}`, text: prefix };
  const keys = keysOf(expected).map(({ text }) => text);
  const probe = await makeProbe();
  const server = await startServer({
    vsix: await packedExtension(),
    settings: { 'files.autoSave': 'off', 'slipstream.model': values.model, 'editor.quickSuggestions': false },
    environment: probe.environment,
    log: (line) => console.error(line),
  });
  const workbench = await Workbench.open(server, [file, silent]);
  try {
    await workbench.statusItem().waitFor();
    await workbench.press('Control+End');
    await pause(READING);
    if (values.profile) await probe.ask('host', 'profile');
    const typing = await typed(workbench, probe, keys.slice(0, Number(values.keys)));
    if (values.profile) {
      await probe.ask('host', 'profile');
      probe.keepProfile('host', values.profile);
    }
    const counts = await countsOf(workbench);
    await workbench.openFile(silent.name);
    await workbench.press('Control+End');
    await pause(READING);
    const count = Math.min(Number(values.keys), Math.round((Number(values.rate) * SILENT) / 60_000));
    const { eventLoop } = await typed(workbench, probe, keys.slice(0, count));
    console.log(
      JSON.stringify(
        {
          machine: machineOf(),
          model: values.model,
          language: first.language,
          keysPerMinute: Number(values.rate),
          ...timesOf(typing.times),
          ...counts,
          jobsPer100Keys: rounded((100 * counts.jobs) / typing.times.length),
          ...{ eventLoop: typing.eventLoop, silent: eventLoop, cpu: typing.cpu },
        },
        null,
        1,
      ),
    );
  } finally {
    await workbench.close();
    await server.stop();
    probe.remove();
  }
}

function timesOf(times: readonly (number | null)[]) {
  const seen = times.filter((time) => time !== null);
  const at = (share: number) => Math.round(quantile(seen, share));
  return {
    keys: times.length,
    withGhostText: seen.length,
    millis: { p50: at(0.5), p95: at(0.95), p99: at(0.99) },
  };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

const rounded = (value: number) => Math.round(10 * value) / 10;

/** Type at the rate; milliseconds from each key to ghost text, null where none came before the next key, and what it cost. */
async function typed({ page }: Workbench, probe: Probe, keys: readonly string[]) {
  // As text, for this program knows no window.
  await page.evaluate(`{
    const times = (globalThis.ghostTimes = []);
    const shown = () => [...document.querySelectorAll(${JSON.stringify(GHOST)})].some((each) => each.textContent);
    addEventListener('keydown', () => {
      const pressed = performance.now();
      const at = times.push(null) - 1;
      const look = () => {
        if (times.length - 1 > at) return;
        if (shown()) times[at] = performance.now() - pressed;
        else requestAnimationFrame(look);
      };
      // The first picture may still show what stood there before the key.
      requestAnimationFrame(() => requestAnimationFrame(look));
    }, { capture: true });
  }`);
  const gap = 60_000 / Number(values.rate);
  const longest: number[] = [];
  await probe.ask('host', 'all');
  await probe.ask('worker', 'all');
  const started = performance.now();
  for (const [i, key] of keys.entries()) {
    await pause(Math.max(0, started + i * gap - performance.now()));
    if (i > 0) longest.push((await probe.ask('host', 'longest')).longest);
    await page.keyboard.press(key.startsWith('\n') ? 'Enter' : key);
  }
  await pause(gap);
  const host = await probe.ask('host', 'all');
  const worker = await probe.ask('worker', 'all');
  const times = await page.evaluate<(number | null)[]>('globalThis.ghostTimes');
  return {
    times,
    eventLoop: {
      p50: rounded(host.delay.p50),
      p99: rounded(host.delay.p99),
      max: rounded(host.delay.max),
      longest: { p50: rounded(quantile(longest, 0.5)), p95: rounded(quantile(longest, 0.95)) },
    },
    cpu: { worker: rounded(worker.cpu / keys.length), extensionHost: rounded(host.cpu / keys.length) },
  };
}

/** What the insights page tells: where suggestions came from, and how many jobs the model had. */
async function countsOf(workbench: Workbench) {
  await workbench.runCommand('Slipstream: Show Insights');
  const page = workbench.webview();
  await page.locator('h1').waitFor();
  const rows = await page.locator('tr').allInnerTexts();
  const cells = new Map(rows.map((row) => row.split('\t') as [string, string]));
  const count = (label: string) => Number(cells.get(label) ?? 0);
  const sources = Object.fromEntries(
    ['typed-ahead', 'cache', 'joined', 'new'].map((source) => [source, count(source)]),
  );
  return { sources, jobs: count('jobs of the model'), cancelled: count('jobs ended early') };
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
