/**
 * From a keystroke to the first ghost text on the screen: the packed extension in a real editor in a browser, and somebody who types what was
 * cut out of real files.
 *
 *   npm run build && node --import tsx bench/editorKeystroke.ts [--model base] [--texts 4] [--keys 30] [--jumps 30] [--seconds 0] > bench/results/editor-keystroke.json
 *
 * `read`: keys one after the other at one place, which the worker has read. `jump`: the first key at another place of the same file, 100 ms
 * after the cursor went there. With one text more of it is typed, as much as was asked for. Before each key what is shown is taken away, so that what shows after it is new. Times are taken
 * in the page, from the event of the key to the first picture with ghost text.
 */
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { machineOf } from '../src/measure/machine.ts';
import { seededRandom } from '../src/measure/statistics.ts';
import { startServer } from '../test/editor/harness/server.ts';
import { packedExtension } from '../test/editor/harness/vsix.ts';
import { Workbench } from '../test/editor/harness/workbench.ts';
import { quantiles } from './keystroke/report.ts';
import { type LongPrompt, longSession, readLongPrompts } from './keystroke/texts.ts';
import { keysOf } from './keystroke/typist.ts';

const root = path.join(import.meta.dirname, '..');
/** A key without ghost text after this long has none, in milliseconds. */
const PATIENCE = { key: 600, jump: 1_500 };
/** The worker has a file read after this long. */
const READING = 1_500;
/** From what was taken away to the key, and from a jump to the key. */
const PAUSE = { key: 100, jump: 100 };
const GHOST = '.ghost-text-decoration, .ghost-text-decoration-preview, .suggest-preview-text .view-line';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'base' },
    texts: { type: 'string', default: '4' },
    keys: { type: 'string', default: '30' },
    jumps: { type: 'string', default: '30' },
    /** No key is pressed later than so long after the start; 0 for no limit. */
    seconds: { type: 'string', default: '0' },
    prompts: { type: 'string', default: path.join(root, 'bench', 'prompts', 'first-light.jsonl') },
  },
});

const started = performance.now();
/** Whether there is time for more. */
const inTime = () =>
  Number(values.seconds) === 0 || performance.now() - started < 1_000 * Number(values.seconds);

/** Milliseconds to ghost text; undefined where none came. */
type Time = number | undefined;

async function main(): Promise<void> {
  const texts = await readLongPrompts(values.prompts, Number(values.texts));
  const all = texts.length === 1 ? texts.map(longSession) : texts;
  const server = await startServer({
    vsix: await packedExtension(),
    settings: { 'files.autoSave': 'off', 'slipstream.model': values.model, 'editor.quickSuggestions': false },
    log: (line) => console.error(line),
  });
  try {
    const read: Time[] = [];
    const jump: Time[] = [];
    for (const [i, prompt] of all.entries()) {
      const file = { name: `text${i}${path.extname(prompt.path)}`, text: prompt.prefix + prompt.suffix };
      const workbench = await Workbench.open(server, [file]);
      try {
        await workbench.statusItem().waitFor({ timeout: 60_000 });
        await pause(READING);
        read.push(...(await typeAt(workbench, prompt)));
        jump.push(...(await jumpAround(workbench, prompt, Math.ceil(Number(values.jumps) / all.length))));
      } finally {
        await workbench.close();
      }
      console.error(`${file.name}: ${read.length} keys, ${jump.length} jumps`);
    }
    const report = {
      machine: machineOf(),
      model: values.model,
      texts: all.length,
      unit: 'milliseconds from the event of the key to the first picture with ghost text',
      read: summary(read),
      jump: summary(jump),
    };
    console.log(JSON.stringify(report, null, 1));
  } finally {
    await server.stop();
  }
}

/** Type what was cut out, key by key. */
async function typeAt(workbench: Workbench, { prefix, expected }: LongPrompt): Promise<Time[]> {
  const lines = prefix.split('\n');
  await goTo(workbench, lines.length, lines.at(-1)!.length + 1);
  await pause(READING);
  const times: Time[] = [];
  for (const { text } of keysOf(expected).slice(0, Number(values.keys))) {
    if (!inTime()) break;
    await workbench.press('Escape');
    await pause(PAUSE.key);
    times.push(await timeOf(workbench, text.startsWith('\n') ? 'Enter' : text, PATIENCE.key));
  }
  return times;
}

/** A new line at some place of the file, taken back afterwards. */
async function jumpAround(workbench: Workbench, { prefix }: LongPrompt, count: number): Promise<Time[]> {
  const lines = prefix.split('\n').length;
  const random = seededRandom(lines);
  const times: Time[] = [];
  for (let i = 0; i < count && inTime(); i++) {
    await workbench.press('Escape');
    await goTo(workbench, 10 + Math.floor(random() * (lines - 10)), 1);
    await workbench.press('End');
    await pause(PAUSE.jump);
    times.push(await timeOf(workbench, 'Enter', PATIENCE.jump));
    await workbench.press('Escape', 'Control+z');
  }
  return times;
}

async function goTo(workbench: Workbench, line: number, column: number): Promise<void> {
  await workbench.press('Control+g');
  const input = workbench.page.locator('.quick-input-widget input.input');
  await input.waitFor();
  await input.fill(`:${line}:${column}`);
  await workbench.press('Enter');
  await input.waitFor({ state: 'hidden' });
}

/** Press a key; the time until ghost text shows. */
async function timeOf({ page }: Workbench, key: string, patience: number): Promise<Time> {
  // As text, for this program knows no window; and listening before the key is pressed.
  await page.evaluate(`void (globalThis.ghostTime = new Promise((resolve) => {
    const shown = () => [...document.querySelectorAll(${JSON.stringify(GHOST)})].some((each) => each.textContent);
    addEventListener('keydown', () => {
      const pressed = performance.now();
      const look = () => {
        const passed = performance.now() - pressed;
        if (shown()) resolve(passed);
        else if (passed > ${patience}) resolve(null);
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    }, { capture: true, once: true });
  }))`);
  await page.keyboard.press(key);
  return (await page.evaluate<number | null>('globalThis.ghostTime')) ?? undefined;
}

function summary(times: readonly Time[]) {
  const shown = times.filter((each) => each !== undefined);
  return { keystrokes: times.length, withoutGhostText: times.length - shown.length, ...quantiles(shown) };
}

void main();
