import type { ArmColumns, Log, LogHeader, LogRecord } from '../../../src/learning/log.ts';

/** A machine on which a pass of twice the width costs half as much again, and a neural guess a tenth of a pass. */
export const toyHeader: LogHeader = {
  format: 'slipstream-policy-log',
  version: 2,
  model: 'toy',
  arms: [
    { id: 'edit', languages: [] },
    { id: 'suffix', languages: [] },
    { id: 'neural', languages: ['go'], parameters: 1000 },
  ],
  costs: {
    target: { widths: [2, 4, 8, 16, 64], contexts: [100], millis: [[1, 1.2, 1.6, 2.4, 7]] },
    drafts: { neural: { token: 0.1, catchUp: 0 } },
  },
  machine: { cpu: 'toy', cores: 2 },
};

/** How many of a draft's guesses are right at a position, and how long its match is. */
export type Says = (at: number) => {
  readonly right: number;
  readonly said?: number;
  readonly match?: number;
};

/** A request of 40 tokens on which every draft says what it is told to. */
export function toyRecord(
  says: Readonly<Record<string, Says>>,
  rest: Partial<LogRecord> & Pick<LogRecord, 'id'>,
): LogRecord {
  const length = 40;
  const places = Array.from({ length }, (_, at) => at);
  const columns = (says: Says): ArmColumns => {
    const each = places.map((at) => ({ said: 8, match: 0, ...says(at) }));
    return {
      match: each.map(({ match }) => match),
      said: each.map(({ said }) => said),
      right: each.map(({ right, said }, at) => Math.min(right, said, length - at)),
      wrong: each.map(({ right, said }) => new Array<number>(Math.max(0, Math.min(8, said) - right)).fill(0)),
      kinds: each.map(({ said }) => '3'.repeat(said)),
    };
  };
  return {
    group: 'toys',
    language: 'go',
    task: 'complete',
    class: 'line',
    promptLength: 20,
    promptKinds: [3, 3, 1],
    kinds: places.map((at) => (at % 8 === 7 ? 1 : 3)),
    arms: Object.fromEntries(Object.entries(says).map(([id, own]) => [id, columns(own)])),
    ...rest,
  };
}

const never: Says = () => ({ right: 0, said: 0 });
const wrong: Says = () => ({ right: 0 });
const good: Says = () => ({ right: 7, match: 9 });

/**
 * Requests in two languages: in Go `suffix` is right and `edit` wrong, in Python the other way round; the neural draft
 * is wrong everywhere, or has one token right.
 */
export function toyLog(group: string, count: number): Log {
  const records = Array.from({ length: count }, (_, i) => {
    const go = i % 2 === 0;
    return toyRecord(
      {
        edit: go ? wrong : good,
        suffix: go ? good : i % 4 === 1 ? never : wrong,
        neural: () => ({ right: i % 3 === 0 ? 1 : 0 }),
      },
      {
        id: `${group}-${i}`,
        group,
        language: go ? 'go' : 'python',
        class: i % 4 < 2 ? 'line' : 'edit',
        naturalLanguage: go ? 'en' : 'de',
        own: { edit: go ? 0.1 : 0.9, suffix: go ? 0.9 : 0.1, neural: 0.5 },
      },
    );
  });
  return { header: toyHeader, records };
}
