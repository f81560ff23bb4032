/**
 * What a target says on windows of text: its likeliest next token after every token of a window, and its own greedy
 * continuation behind the window. The n-gram draft is counted from these answers (build.py).
 *
 *     node --import tsx ngram/answers.ts MODEL_FOLDER WINDOWS.u16 WIDTH CONTINUATION ANSWERS.u16 [SECONDS]
 *
 * WINDOWS holds rows of WIDTH token ids, ANSWERS becomes rows of WIDTH + CONTINUATION − 1: entry i is the target's token
 * after i + 1 tokens of window and continuation, 65535 behind the end. Both are 16-bit little-endian. Rows are appended
 * to ANSWERS, from the first that it lacks on, until all are there or SECONDS are over; so a run can be broken off.
 */
import { appendFileSync, existsSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { decode } from '../../src/engine/decoder.ts';
import { SuffixDraft } from '../../src/engine/drafts/copying/suffix.ts';
import { fixedDraft } from '../../src/engine/policy/fixed.ts';
import { greedy } from '../../src/engine/sampling.ts';
import { messageOf } from '../../src/errors.ts';
import { CausalModel } from '../../src/runtime/causalModel.ts';
import { openModelFolder } from '../../src/runtime/modelFolder.ts';
import { Tokenizer } from '../../src/runtime/tokenizer.ts';

const NOTHING = 65535;
const CHUNK = 128;

async function main(): Promise<void> {
  const [model, windowsFile, widthText, continuationText, answersFile, seconds = 'Infinity'] =
    process.argv.slice(2);
  if (!model || !windowsFile || !answersFile) {
    throw new Error('usage: ngram/answers.ts MODEL_FOLDER WINDOWS.u16 WIDTH CONTINUATION ANSWERS.u16 [SECONDS]');
  }
  const width = Number(widthText);
  const continuation = Number(continuationText);
  const windows = readRows(windowsFile);
  const rowBytes = 2 * (width + continuation - 1);
  const done = existsSync(answersFile) ? Math.floor(statSync(answersFile).size / rowBytes) : 0;
  if (done > 0) truncateSync(answersFile, done * rowBytes);

  const folder = await openModelFolder(model);
  const { vocabulary, controlTokens } = await Tokenizer.load(folder);
  // One thread, so that other work on the machine does not make passes wait for a second one.
  const target = await CausalModel.load(folder, { threads: 1, rowMultiple: 2 });
  const ensemble = { target, vocabulary, drafts: [new SuffixDraft()], policy: fixedDraft('suffix', 3) };
  const stop = { endTokens: controlTokens, maxTokens: continuation, singleLine: false, stopStrings: [] };
  const end = performance.now() + 1000 * Number(seconds);
  for (let row = done; row < windows.length / width && performance.now() < end; row++) {
    const window = [...windows.subarray(row * width, (row + 1) * width)];
    const answers = await teacherForced(target, window);
    const request = { prompt: window, task: 'complete', language: '', skipBytes: 0, stop } as const;
    const { ids } = await decode(ensemble, request, greedy, new AbortController().signal, () => undefined);
    const line = new Uint16Array(width + continuation - 1).fill(NOTHING);
    // The continuation's first token is the answer to the whole window.
    line.set([...answers.slice(0, -1), ...ids].slice(0, line.length));
    appendFileSync(answersFile, new Uint8Array(line.buffer));
  }
}

/** The likeliest next token after each token of a window. */
async function teacherForced(target: CausalModel, window: readonly number[]): Promise<number[]> {
  target.truncate(0);
  const answers: number[] = [];
  for (let at = 0; at < window.length; at += CHUNK) {
    const scores = await target.score(window.slice(at, at + CHUNK), 'argmax');
    for (let row = 0; row < scores.rows; row++) answers.push(scores.argmax(row));
  }
  return answers;
}

function readRows(file: string): Uint16Array {
  const bytes = readFileSync(file);
  return new Uint16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

main().catch((error: unknown) => {
  console.error(messageOf(error));
  process.exitCode = 1;
});
