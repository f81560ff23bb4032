/**
 * A person who types a real file in the real editor, at a steady number of keys a minute: the packed extension in code-server and Chromium.
 *
 *   npm run build && node --import tsx bench/editor/replay.ts --rate 200 [--keys 100] [--model tiny] > bench/results/typing-200.json
 *
 * `millis`: from the event of a key to the first picture with ghost text, of the keys after which there was some before the next key. Sources,
 * jobs and jobs that were ended early are those that the insights page shows at the end. `cpu`: seconds of the worker and of the
 * extension host while the keys were typed.
 */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { machineOf } from '../../src/measure/machine.ts';
import { startServer } from '../../test/editor/harness/server.ts';
import { packedExtension } from '../../test/editor/harness/vsix.ts';
import { Workbench } from '../../test/editor/harness/workbench.ts';
import { longSession, readLongPrompts } from '../keystroke/texts.ts';
import { keysOf } from '../keystroke/typist.ts';

const root = path.join(import.meta.dirname, '..', '..');
const GHOST = '.ghost-text-decoration, .ghost-text-decoration-preview, .suggest-preview-text .view-line';
/** The worker has a file read after this long, in milliseconds. */
const READING = 2_000;

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '200' },
    keys: { type: 'string', default: '100' },
    model: { type: 'string', default: 'tiny' },
    prompts: { type: 'string', default: path.join(root, 'bench', 'prompts', 'first-light.jsonl') },
  },
});

async function main(): Promise<void> {
  const [first] = await readLongPrompts(values.prompts, 1);
  if (!first) throw new Error('there is no text to type');
  const { path: name, prefix, expected } = longSession(first);
  const file = { name: `typed${path.extname(name)}`, text: prefix };
  const server = await startServer({
    vsix: await packedExtension(),
    settings: { 'files.autoSave': 'off', 'slipstream.model': values.model, 'editor.quickSuggestions': false },
    log: (line) => console.error(line),
  });
  const workbench = await Workbench.open(server, [file]);
  try {
    await workbench.statusItem().waitFor({ timeout: 60_000 });
    await workbench.press('Control+End');
    await pause(READING);
    const before = cpuSeconds();
    const keys = keysOf(expected).slice(0, Number(values.keys));
    const times = await typed(
      workbench,
      keys.map(({ text }) => text),
    );
    const after = cpuSeconds();
    const seen = times.filter((time) => time !== null).sort((a, b) => a - b);
    const at = (share: number) =>
      Math.round(seen[Math.min(seen.length - 1, Math.floor(share * seen.length))] ?? 0);
    const report = {
      ...{
        machine: machineOf(),
        model: values.model,
        keysPerMinute: Number(values.rate),
        keys: times.length,
      },
      ...{ withGhostText: seen.length, millis: { p50: at(0.5), p95: at(0.95), p99: at(0.99) } },
      ...(await countsOf(workbench)),
      cpu: { worker: after.worker - before.worker, extensionHost: after.host - before.host },
    };
    console.log(JSON.stringify(report, null, 1));
  } finally {
    await workbench.close();
    await server.stop();
  }
}

/** Type at the rate; milliseconds from each key to ghost text, null where none came before the next key. */
async function typed({ page }: Workbench, keys: readonly string[]): Promise<(number | null)[]> {
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
      requestAnimationFrame(look);
    }, { capture: true });
  }`);
  const gap = 60_000 / Number(values.rate);
  const started = performance.now();
  for (const [i, key] of keys.entries()) {
    await pause(Math.max(0, started + i * gap - performance.now()));
    await page.keyboard.press(key.startsWith('\n') ? 'Enter' : key);
  }
  await pause(gap);
  return await page.evaluate<(number | null)[]>('globalThis.ghostTimes');
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

/** Seconds of processor time so far of the worker and of the process that hosts extensions. */
function cpuSeconds(): { worker: number; host: number } {
  const sums = { worker: 0, host: 0 };
  for (const line of execFileSync('ps', ['-A', '-o', 'cputimes=,args='], { encoding: 'utf8' }).split('\n')) {
    const [, seconds = '0', command = ''] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    if (command.includes('dist/worker.js')) sums.worker += Number(seconds);
    else if (command.includes('--type=extensionHost')) sums.host += Number(seconds);
  }
  return sums;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
