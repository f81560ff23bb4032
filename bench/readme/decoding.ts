import { type BenchResult, overOneRow, result, table, two } from './format.ts';

/** Arms by tokens a second, tau and speed over `none-1row`, then the parts of a breakdown. */
function arms(
  name: string,
  by: 'byClass' | 'byKind',
  parts: readonly string[],
  more: readonly string[] = [],
): string {
  const run = result<BenchResult>(name);
  return table([
    ['arm', 'tokens/s', 'tau', 'over `none-1row`', 'identical', ...parts, ...more],
    ...Object.entries(run.arms).map(([arm, all]) => [
      `\`${arm}\``,
      all.tokensPerSecond.toFixed(0),
      two(all.tau),
      overOneRow(run, arm),
      `${all.identical} of ${all.of}`,
      ...parts.map((part) => overOneRow(run, arm, by, part)),
      ...more.map((part) => overOneRow(run, arm, 'byKind', part)),
    ]),
  ]);
}

const CLASSES = ['line', 'block', 'docs', 'edit'];
const EDITS = ['rename', 'parameter', 'rewrite'];

export const engine = () => arms('engine', 'byClass', CLASSES);
export const engineOwnFile = () => arms('engine-own-file', 'byClass', CLASSES);
export const edit = () => arms('edit', 'byKind', EDITS);
export const engine88m = () => arms('engine-88m', 'byClass', CLASSES, EDITS);

/** Speed by language of those drafts and policies that are in the running. */
export function languages(): string {
  const run = result<BenchResult>('engine');
  const all = Object.keys(run.arms.none!.byLanguage).sort();
  return table([
    ['arm', ...all],
    ...['suffix@7', 'ensemble:stack@7', 'rule', 'policy'].map((arm) => [
      `\`${arm}\``,
      ...all.map((language) => overOneRow(run, arm, 'byLanguage', language)),
    ]),
  ]);
}

/** The table on the front page. */
export function speed(): string {
  const run = result<BenchResult>('engine');
  const columns: readonly (readonly [string, 'byClass' | 'byLanguage' | undefined, string])[] = [
    ['all', undefined, ''],
    ['lines', 'byClass', 'line'],
    ['blocks', 'byClass', 'block'],
    ['documentation', 'byClass', 'docs'],
    ['JavaScript', 'byLanguage', 'javascript'],
    ['TypeScript', 'byLanguage', 'typescript'],
    ['Python', 'byLanguage', 'python'],
    ['Markdown', 'byLanguage', 'markdown'],
  ];
  const rows = [
    ['trained policy', 'policy'],
    ['rule', 'rule'],
    ['`ensemble:stack` alone, 7 tokens', 'ensemble:stack@7'],
    ['`suffix` alone, 7 tokens', 'suffix@7'],
  ] as const;
  return table([
    ['', ...columns.map(([head]) => head)],
    ...rows.map(([name, arm]) => [name, ...columns.map(([, by, part]) => overOneRow(run, arm, by, part))]),
  ]);
}
