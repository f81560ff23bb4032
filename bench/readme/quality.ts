import type { Interval } from '../../src/measure/statistics.ts';
import { percent, result, table, two } from './format.ts';

type Triple = readonly [value: number, low: number, high: number];
const MODES = ['off', 'file', 'workspace'] as const;
type Scores = Readonly<Record<'firstToken' | 'line' | 'similarity' | 'lineOverOff', Triple>>;
export type Group = { readonly prompts: number } & Readonly<Record<(typeof MODES)[number], Scores>>;

const GROUPS = [
  ['all but edits', 'all but edits'],
  ['lines', 'class line'],
  ['blocks', 'class block'],
  ['documentation', 'class docs'],
  ['cursor inside a word', 'cursor inside a word'],
  ['cursor at a border', 'cursor at a border of words'],
  ['edits', 'class edit'],
] as const;

/** Languages with fewer prompts are left out: they tell nothing. */
const FEWEST = 18;

/** What is written against what a person wrote, by groups of prompts. */
export function quality(): string {
  const groups = result<Record<string, Group>>('quality');
  const told = ([value, low, high]: Triple) => `${percent(value)} (${percent(low)}–${percent(high)})`;
  return table([
    ['prompts', 'number', 'memory', 'first token, %', 'rest of the line, %', 'edit similarity, %'],
    ...GROUPS.flatMap(([name, key]) =>
      MODES.map((mode, i) => {
        const { prompts, [mode]: scores } = groups[key]!;
        const head = i === 0 ? [name, String(prompts)] : ['', ''];
        return [...head, mode, told(scores.firstToken), told(scores.line), told(scores.similarity)];
      }),
    ),
  ]);
}

/** The same by language. */
export function qualityByLanguage(): string {
  const groups = Object.entries(result<Record<string, Group>>('quality')).filter(
    ([key, { prompts }]) => key.startsWith('language ') && prompts >= FEWEST,
  );
  const row = (group: Group, score: 'firstToken' | 'line') =>
    MODES.map((mode) => percent(group[mode][score][0]));
  return table([
    [
      'language',
      'prompts',
      'first token, %: off',
      'file',
      'workspace',
      'rest of the line, %: off',
      'file',
      'workspace',
    ],
    ...groups.map(([key, group]) => [
      key.slice('language '.length),
      String(group.prompts),
      ...row(group, 'firstToken'),
      ...row(group, 'line'),
    ]),
  ]);
}

interface MemorySpeed {
  readonly arms: readonly {
    readonly arm: string;
    readonly tokensPerSecond: number;
    readonly tau: number;
    readonly millisPerToken: number;
    readonly speedOverNone: Interval;
  }[];
}

/** What the memory does to the speed of drafts. */
export function memorySpeed(): string {
  return table([
    ['arm', 'tokens/s', 'tau', 'ms a token', 'over `none` without memory (95 %)'],
    ...result<MemorySpeed>('memory-speed').arms.map(
      ({ arm, tokensPerSecond, tau, millisPerToken, speedOverNone }) => [
        arm,
        tokensPerSecond.toFixed(0),
        two(tau),
        two(millisPerToken),
        `${two(speedOverNone.geomean)} (${two(speedOverNone.low)}–${two(speedOverNone.high)})`,
      ],
    ),
  ]);
}
