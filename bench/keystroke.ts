/**
 * Time from a keystroke to the first line that can be shown: a real worker process and the product's own completer,
 * with somebody who types the text that was cut from real files.
 *
 *   node --import tsx bench/keystroke.ts [--model DIR] [--prompts FILE] [--texts 16] [--long 2] [--gap 120] [--debounce 15] [--memory on]
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Completer } from '../src/editor/completion/completer.ts';
import { delay, remainingDelay } from '../src/editor/completion/debounce.ts';
import type { RunJob } from '../src/editor/completion/runningJob.ts';
import { defaultOf } from '../src/editor/settings/settings.ts';
import { UserError } from '../src/errors.ts';
import { machineOf } from '../src/measure/machine.ts';
import type { CompletionContext } from '../src/suggestion/context.ts';
import { wantsSingleLine } from '../src/suggestion/multiline.ts';
import { syntaxOf } from '../src/syntax/load.ts';
import { createWorkerClient } from '../src/worker/client.ts';
import type { JobResult, SetupParams, SetupResult } from '../src/worker/protocol.ts';
import type { CompletionWorker } from '../src/worker/worker.ts';
import { type Keystroke, summarize } from './keystroke/report.ts';
import { type LongPrompt, longSession, readLongPrompts } from './keystroke/texts.ts';
import { keysOf, Typist } from './keystroke/typist.ts';

const root = path.join(import.meta.dirname, '..');
const never = new AbortController().signal;
const maxTokens = defaultOf('completion.maxTokens');
/** Somebody who has opened a file looks at it this long before typing. */
const LOOK = 400;
/** Time for the worker to take in the open files. */
const SETTLE = 1_500;

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: '' },
    prompts: { type: 'string', default: path.join(root, 'bench', 'prompts', 'first-light.jsonl') },
    texts: { type: 'string', default: '16' },
    long: { type: 'string', default: '2' },
    gap: { type: 'string', default: '120' },
    debounce: { type: 'string', default: String(defaultOf('completion.debounce')) },
    memory: { type: 'string', default: defaultOf('workspaceMemory') },
  },
});
const gap = Number(values.gap);
const debounce = Number(values.debounce);

async function main(): Promise<void> {
  const texts = await readLongPrompts(values.prompts, Number(values.texts));
  const worker = createWorkerClient({
    modulePath: path.join(root, 'dist', 'worker.js'),
    log: (line) => console.error(line),
  });
  const state = await worker.setup({
    model: values.model,
    pool: [],
    policy: defaultOf('policy'),
    threads: 0,
    workspaceMemory: values.memory as SetupParams['workspaceMemory'],
  });
  if (state.kind !== 'ready') throw new UserError('not-ready', `The worker is ${state.kind}.`);
  // They stand for the open files: snippets and drafts may come from them. None holds what is typed.
  for (const { path: file, prefix, suffix } of texts) worker.file({ path: file, text: prefix + suffix });
  await delay(SETTLE, never);
  const patient: Keystroke[] = [];
  const steady: Keystroke[] = [];
  const long: Keystroke[] = [];
  for (const text of texts) {
    patient.push(...(await typePatiently(worker, text)));
    steady.push(...(await typeSteadily(worker, text)));
  }
  for (const text of texts.slice(0, Number(values.long))) {
    worker.file({ path: text.path, text: null });
    long.push(...(await typePatiently(worker, longSession(text))));
  }
  worker.dispose();
  console.log(JSON.stringify(reportOf(state.setup, texts, { patient, steady, long }), null, 2));
}

function reportOf(
  setup: SetupResult,
  texts: readonly LongPrompt[],
  { patient, steady, long }: Readonly<Record<'patient' | 'steady' | 'long', readonly Keystroke[]>>,
) {
  return {
    machine: machineOf(),
    model: setup.model,
    contextLength: setup.contextLength,
    promptBudget: setup.contextLength - maxTokens - 2,
    texts: texts.length,
    unit: 'milliseconds',
    /** The next key comes when the job of the last one has ended; the debounce is added to what was measured. */
    patient: { debounce, ...summarize(patient) },
    /** A key every so many milliseconds, whether or not there was an answer. */
    steady: { gap, debounce, ...summarize(steady) },
    /** As patient, some thousand characters of a file one after the other. */
    long: { debounce, ...summarize(long) },
  };
}

/** A completer on a document, as the editor has it. */
async function deskOf(worker: CompletionWorker, text: LongPrompt) {
  const syntax = await syntaxOf(text.language);
  const typist = new Typist(text.path, text.language, text.prefix, text.suffix);
  const jobs: { context: CompletionContext; result: Promise<JobResult> }[] = [];
  const run: RunJob = (job, signal, onProgress) => {
    const result = worker.run(job, signal, onProgress);
    jobs.push({ context: typist.context(), result });
    return result;
  };
  const completer = new Completer({
    run,
    ready: async () => undefined,
    current: () => typist.context(),
    offerLonger: () => undefined,
    now: () => performance.now(),
  });
  const request = (wait: number) => {
    const context = typist.context();
    const singleLine = wantsSingleLine(context, 'auto', syntax);
    return { context, syntax, singleLine, maxTokens, debounce: wait };
  };
  const open = async () => {
    const { path: file, language, prefix, suffix } = typist.context();
    worker.warm({ path: file, language, prefix, suffix, maxTokens });
    await delay(LOOK, never);
  };
  return { typist, jobs, completer, request, open };
}

async function typePatiently(worker: CompletionWorker, text: LongPrompt): Promise<Keystroke[]> {
  const { typist, jobs, completer, request, open } = await deskOf(worker, text);
  await open();
  const keys: Keystroke[] = [];
  for (const key of keysOf(text.expected)) {
    typist.type(key);
    const before = jobs.length;
    const asked = request(0);
    const since = performance.now();
    const outcome = await completer.complete(asked, never);
    const measured = performance.now() - since;
    const job = await jobs[before]?.result;
    const waited = job ? remainingDelay(asked.context, debounce, 0) : 0;
    keys.push({ place: key.place, outcome, millis: measured + waited, debounce: waited, job });
  }
  completer.reset();
  return keys;
}

async function typeSteadily(worker: CompletionWorker, text: LongPrompt): Promise<Keystroke[]> {
  const { typist, jobs, completer, request, open } = await deskOf(worker, text);
  await open();
  const keys: Promise<Keystroke>[] = [];
  let next = performance.now();
  let abort = new AbortController();
  for (const key of keysOf(text.expected)) {
    await delay(next - performance.now(), never);
    next += gap;
    // As the editor does: the text has changed, so the last request is cancelled.
    abort.abort();
    abort = new AbortController();
    typist.type(key);
    completer.reconsider();
    const before = jobs.length;
    const asked = request(debounce);
    const since = performance.now();
    const answer = completer.complete(asked, abort.signal);
    keys.push(
      answer.then(async (outcome) => {
        const millis = performance.now() - since;
        const own = jobs.slice(before).find(({ context }) => context.version === asked.context.version);
        const job = await own?.result;
        const waited = job ? remainingDelay(asked.context, debounce, 0) : 0;
        return { place: key.place, outcome, millis, debounce: waited, job };
      }),
    );
  }
  await delay(gap, never);
  abort.abort();
  completer.reset();
  return Promise.all(keys);
}

void main();
