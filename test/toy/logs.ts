import type { Support } from '../../src/engine/drafts/draft.ts';
import { type ArmColumns, type LogHeader, type LogRecord, SUPPORT } from '../../src/learning/log.ts';

/** What a draft says at a position of the path. */
export interface Saying {
  readonly match?: number;
  readonly tokens: readonly number[];
  readonly probabilities?: readonly number[];
  readonly support?: Readonly<Support>;
}

export interface ToyPath {
  readonly id?: string;
  readonly language?: string;
  readonly prompt?: readonly number[];
  /** Tokens that the target writes. */
  readonly path: readonly number[];
  /** By draft: what it says at every position. */
  readonly says: Readonly<Record<string, (at: number) => Saying>>;
}

export const toyCosts: LogHeader['costs'] = {
  target: {
    widths: [2, 4, 8, 16, 48],
    contexts: [0, 1000],
    millis: [
      [1, 1.2, 1.6, 2.4, 5.6],
      [1.5, 1.8, 2.4, 3.6, 8],
    ],
  },
  drafts: { small: { token: 0.05, catchUp: 0.01 } },
};

export function toyHeader(arms: readonly string[], costs = toyCosts): LogHeader {
  return {
    format: 'slipstream-policy-log',
    version: 2,
    model: 'toy 0123456789ab',
    arms: arms.map((id) => ({ id, languages: id === 'small' ? ['toy'] : [] })),
    costs,
    machine: { cpu: 'toy' },
  };
}

/** The record of a path, written from what it means: every guess is compared with the path. */
export function toyRecord(
  { id = 'request', language = 'toy', prompt = [1], path, says }: ToyPath,
  kinds: ArrayLike<number>,
): LogRecord {
  const wrong: number[][] = [];
  const arms: Record<string, ArmColumns> = {};
  for (const [draft, say] of Object.entries(says)) {
    const said = path.map((_, at) => say(at));
    const rightAt = (at: number) => {
      const { tokens } = said[at]!;
      const strange = tokens.findIndex((token, i) => token !== path[at + i]);
      return strange < 0 ? tokens.length : strange;
    };
    arms[draft] = {
      match: said.map(({ match = 0 }) => match),
      said: said.map(({ tokens }) => tokens.length),
      right: path.map((_, at) => rightAt(at)),
      wrong: said.map(({ tokens }, at) =>
        tokens.slice(rightAt(at), 8).map((token, i) => {
          const place = at + rightAt(at) + i;
          wrong[place] ??= [];
          if (!wrong[place].includes(token)) wrong[place].push(token);
          return wrong[place].indexOf(token);
        }),
      ),
      kinds: said.map(({ tokens }) =>
        tokens
          .slice(0, 8)
          .map((token) => kinds[token]!.toString(16))
          .join(''),
      ),
      ...(said.every(({ probabilities }) => probabilities)
        ? {
            sure: said.map(({ probabilities }) =>
              probabilities!.slice(0, 8).map((each) => Math.round(100 * each)),
            ),
          }
        : {}),
      ...(said.every(({ support }) => support)
        ? { support: said.map(({ support }) => SUPPORT.map((name) => support![name])) }
        : {}),
    };
  }
  return {
    id,
    group: 'toy',
    language,
    task: 'complete',
    class: 'line',
    promptLength: prompt.length,
    promptKinds: prompt.slice(-32).map((token) => kinds[token]!),
    kinds: path.map((token) => kinds[token]!),
    arms,
  };
}
