import { noDraft } from '../engine/policy/fixed.ts';
import { LONGEST, LONGEST_NEURAL } from '../engine/policy/listen.ts';
import type { LogRecord } from './log.ts';
import { type RoundTimes, replay, roundMillis } from './replay.ts';

/** What a policy without a network can do: ask one draft for one number of tokens. */
export interface Action {
  readonly draft: string;
  readonly length: number;
}

/** Odd, since a pass of an even width costs as much as the odd one below. */
const LENGTHS = [1, 3, 5, 7, 11, 15, 23, 31, LONGEST];
const NEURAL_LENGTHS = [1, 2, 3, 5, LONGEST_NEURAL - 1];

/** Every draft at every length that is tried. @param drafts ids. */
export function actionsOf(drafts: readonly string[], { costs }: RoundTimes): Action[] {
  return drafts.flatMap((draft) =>
    (costs.drafts[draft] ? NEURAL_LENGTHS : LENGTHS).map((length) => ({ draft, length })),
  );
}

/** `suffix@7`. */
export function actionName({ draft, length }: Action): string {
  return `${draft}@${length}`;
}

/** How long every fixed action takes on every record, and plain decoding. */
export interface ActionTimes {
  readonly records: readonly LogRecord[];
  readonly actions: readonly Action[];
  /** Milliseconds of plain decoding: shape [records]. */
  readonly plain: Float64Array;
  /** Milliseconds: shape [actions][records]. */
  readonly millis: readonly Float64Array[];
}

/** Replay every record with every action. */
export function measureActions(
  records: readonly LogRecord[],
  actions: readonly Action[],
  times: RoundTimes,
): ActionTimes {
  return {
    records,
    actions,
    plain: Float64Array.from(records, (record) => replay(record, noDraft, times)),
    millis: actions.map((action) =>
      Float64Array.from(records, (record) => actionMillis(record, action, times)),
    ),
  };
}

/** What {@link replay} says of a fixed draft and length, without a policy to ask: it is done for every action. */
export function actionMillis(record: LogRecord, { draft, length }: Action, times: RoundTimes): number {
  const { said, right } = record.arms[draft]!;
  const end = record.kinds.length;
  // The prompt was read while the target read it.
  let asked = 0;
  let total = 0;
  for (let at = 0; at < end; ) {
    const drafted = Math.min(length, said[at]!, end - at - 1);
    const guesser = drafted > 0 ? draft : undefined;
    total += roundMillis(times, guesser, drafted, record.promptLength + at, at - asked);
    if (guesser) asked = at;
    at += Math.min(drafted, right[at]!) + 1;
  }
  return total;
}

/**
 * The action with the highest geometric mean speedup on some of the records; undefined when there is no action or no
 * record.
 * @param onDraft only actions of this draft.
 */
export function bestAction(
  { actions, plain, millis, records }: ActionTimes,
  of: (record: LogRecord) => boolean = () => true,
  onDraft?: string,
): Action | undefined {
  const rows = [...records.keys()].filter((row) => of(records[row]!));
  if (rows.length === 0) return undefined;
  let best: { action: Action; gain: number } | undefined;
  for (const [i, action] of actions.entries()) {
    if (onDraft !== undefined && action.draft !== onDraft) continue;
    let gain = 0;
    for (const row of rows) gain += Math.log(plain[row]! / millis[i]![row]!);
    if (!best || gain > best.gain) best = { action, gain };
  }
  return best?.action;
}

/** For each draft its best action on the records, drafts in the order of the actions. */
export function bestOfEach(table: ActionTimes): Action[] {
  const drafts = [...new Set(table.actions.map(({ draft }) => draft))];
  return drafts.flatMap((draft) => bestAction(table, undefined, draft) ?? []);
}
