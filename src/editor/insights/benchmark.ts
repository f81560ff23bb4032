import type { CompleteParams, JobResult } from '../../worker/protocol.ts';
import { say } from '../words.ts';
import { bars, escaped, pageOf, table } from './html.ts';

/** Tokens written at a place, and places in a file. */
const TOKENS = 48;
const PLACES = 8;

/** A place of a file to complete at. */
export interface Place {
  readonly prefix: string;
  readonly suffix: string;
}

/** What is measured; `policy` as a setting names it. */
interface Measured {
  readonly policy: string;
  tokens: number;
  millis: number;
  drafted: number;
  accepted: number;
}

export interface BenchmarkResult {
  readonly rows: readonly Measured[];
  readonly places: number;
  /** Places at which an arm wrote another text than the model alone; none, or drafting is broken. */
  readonly differing: number;
}

/** Places spread over a text: in the middle of lines that hold something. */
export function placesOf(text: string, most = PLACES): Place[] {
  const starts: number[] = [];
  let at = 0;
  for (const line of text.split('\n')) {
    if (line.trim().length >= 8) {
      const middle = at + line.length - line.trimStart().length + (line.trim().length >> 1);
      // Nothing is suggested inside of a sign of two halves.
      starts.push(text.codePointAt(middle - 1)! > 0xffff ? middle + 1 : middle);
    }
    at += line.length + 1;
  }
  // The first lines have nothing before them to go by.
  const usable = starts.slice(Math.min(3, starts.length >> 1));
  const step = Math.max(1, usable.length / most);
  const chosen = new Set<number>();
  for (let i = 0; i < most && i * step < usable.length; i++) chosen.add(usable[Math.floor(i * step)]!);
  return [...chosen].map((offset) => ({ prefix: text.slice(0, offset), suffix: text.slice(offset) }));
}

export interface BenchmarkParts {
  readonly run: (job: CompleteParams, signal: AbortSignal) => Promise<JobResult>;
  /** Told how many of how many jobs are done. */
  readonly progress: (done: number, of: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Complete at each place with each policy in turns, the prompt being read before. Undefined where it was cancelled.
 * @throws Error with the worker's sentence where a job fails
 */
export async function benchmark(
  file: { readonly path: string; readonly language: string; readonly text: string },
  policies: readonly string[],
  { run, progress, signal }: BenchmarkParts,
): Promise<BenchmarkResult | undefined> {
  const places = placesOf(file.text);
  const rows = policies.map((policy) => ({ policy, tokens: 0, millis: 0, drafted: 0, accepted: 0 }));
  let done = 0;
  let differing = 0;
  for (const [i, { prefix, suffix }] of places.entries()) {
    const job = (policy: string, maxTokens: number): CompleteParams => ({
      ...{ kind: 'complete', path: file.path, language: file.language, prefix, suffix },
      ...{ singleLine: false, maxTokens, policy },
    });
    await run(job('none', 1), signal);
    const texts = new Set<string>();
    for (let k = 0; k < rows.length; k++) {
      // Each policy is the first at some places, so that none has the warmer machine.
      const row = rows[(i + k) % rows.length]!;
      const result = await run(job(row.policy, TOKENS), signal);
      if (signal.aborted) return undefined;
      if (result.type === 'failed') throw new Error(result.message);
      if (result.type !== 'done') return undefined;
      row.tokens += result.tokens;
      row.millis += result.millis.decode;
      row.drafted += result.drafted;
      row.accepted += result.accepted;
      texts.add(result.text);
      progress(++done, places.length * rows.length);
    }
    if (texts.size > 1) differing++;
  }
  return { rows, places: places.length, differing };
}

/** The page with a benchmark's table and chart. */
export function benchmarkPage(
  name: string,
  { rows, places, differing }: BenchmarkResult,
  language: string,
  nonce: string,
): string {
  const rate = ({ tokens, millis }: Measured) => (millis > 0 ? (1_000 * tokens) / millis : 0);
  const plain = rate(rows.find(({ policy }) => policy === 'none') ?? rows[0]!);
  const sorted = [...rows].sort((a, b) => rate(b) - rate(a));
  const cells = sorted.map((row) => [
    row.policy,
    rate(row).toFixed(0),
    plain > 0 ? (rate(row) / plain).toFixed(2) : '–',
    row.drafted > 0 ? `${Math.round((100 * row.accepted) / row.drafted)} %` : '–',
    String(row.tokens),
  ]);
  const title = say('Slipstream: benchmark of {0}', name);
  const heads = [say('policy'), say('tokens a second'), say('times as fast'), say('right'), say('tokens')];
  const same =
    differing === 0
      ? say('The text was the same in all {0} places, whatever drafted.', places)
      : say(
          'The text differed in {0} of {1} places. That should not be: please report it.',
          differing,
          places,
        );
  const chart = bars(
    say('Tokens a second'),
    sorted.map((row) => ({ label: row.policy, value: rate(row), text: rate(row).toFixed(0) })),
  );
  const caption = say('{0} places of this file; reading the prompt is not counted', places);
  return pageOf(title, language, `<p>${escaped(same)}</p>${chart}${table(caption, heads, cells)}`, nonce);
}
