import type { ArmColumns, LogHeader, LogRecord } from '../../src/learning/log.ts';

/** What a draft says at a position of the path. */
export interface Saying {
  readonly match?: number;
  readonly tokens: readonly number[];
  readonly probabilities?: readonly number[];
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
    version: 1,
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
  const wrong: number[][] = path.map(() => []);
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
      first: said.map(({ tokens: [token] }, at) => {
        if (token === undefined) return 0;
        if (token === path[at]) return 1;
        if (!wrong[at]!.includes(token)) wrong[at]!.push(token);
        return 2 + wrong[at]!.indexOf(token);
      }),
      kind: said.map(({ tokens: [token] }) => (token === undefined ? 0 : kinds[token]!)),
      ...(said.every(({ probabilities }) => probabilities)
        ? {
            sure: said.map(({ probabilities }) =>
              probabilities!.slice(0, 8).map((each) => Math.round(100 * each)),
            ),
          }
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
