import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ArmReport } from '../../src/measure/report.ts';

export { markdownTable as table } from 'markdown-table';

/** A result that was committed, by its name in `bench/results`. */
export function result<T>(name: string): T {
  return JSON.parse(
    readFileSync(path.join(import.meta.dirname, '..', 'results', `${name}.json`), 'utf8'),
  ) as T;
}

export const two = (value: number) => value.toFixed(2);
export const percent = (share: number) => (100 * share).toFixed(1);
export const whole = (count: number) => count.toLocaleString('en-US', { maximumFractionDigits: 0 });

/** What `slipstream bench --json` writes. */
export interface BenchResult {
  readonly arms: Readonly<Record<string, ArmReport>>;
}

/** Speed of an arm as a multiple of `none-1row`: of all prompts, or of one part of a breakdown. */
export function overOneRow(
  { arms }: BenchResult,
  arm: string,
  by?: 'byClass' | 'byKind' | 'byLanguage',
  part = '',
): string {
  const speed = (name: string) => {
    const report = arms[name]!;
    return by ? report[by][part]?.speedup.geomean : report.speedup.geomean;
  };
  const [own, base] = [speed(arm), speed('none-1row')];
  return own === undefined || base === undefined ? '' : two(own / base);
}
