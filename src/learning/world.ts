import { UserError } from '../errors.ts';
import {
  type Action,
  type ActionTimes,
  actionsOf,
  bestAction,
  bestOfEach,
  measureActions,
} from './actions.ts';
import type { Log, LogHeader, LogRecord } from './log.ts';
import { roundOracle } from './oracle.ts';
import { type RoundTimes, timesOf } from './replay.ts';

/** What policies are compared on: two logs of the same recording, the times of a machine, and every fixed action's times. */
export interface World {
  readonly header: LogHeader;
  readonly drafts: readonly string[];
  readonly times: RoundTimes;
  readonly training: ActionTimes;
  readonly test: ActionTimes;
  /** The best action of each draft on the training records. */
  readonly tuned: readonly Action[];
  /** The best action of all on the training records. */
  readonly best: Action;
  /** Milliseconds of each test record when all is known beforehand. */
  readonly oracle: Float64Array;
}

/**
 * @param pool drafts to leave in; all without it.
 * @throws UserError `logs-differ`, `logs-overlap`, `log-arm` or `draft-unknown`, with what to do.
 */
export function worldOf(training: Log, test: Log, pool: readonly string[] = []): World {
  checkSame(training, test);
  checkApart(training, test);
  const known = test.header.arms.map(({ id }) => id);
  const strange = pool.find((draft) => !known.includes(draft));
  if (strange !== undefined) {
    throw new UserError(
      'draft-unknown',
      `There is no draft ${strange} in the logs; they hold ${known.join(', ')}.`,
    );
  }
  const drafts = known.filter((draft) => pool.length === 0 || pool.includes(draft));
  const narrowed = ({ records }: Log) => records.map((record) => narrow(record, drafts));
  const header = { ...test.header, arms: test.header.arms.filter(({ id }) => drafts.includes(id)) };
  const times = timesOf(header);
  const actions = actionsOf(drafts, times);
  const trainingTimes = measureActions(narrowed(training), actions, times);
  const testTimes = measureActions(narrowed(test), actions, times);
  return {
    header,
    drafts,
    times,
    training: trainingTimes,
    test: testTimes,
    tuned: bestOfEach(trainingTimes),
    best: bestAction(trainingTimes)!,
    oracle: Float64Array.from(testTimes.records, (record) => roundOracle(record, drafts, times)),
  };
}

/** A record with some of its drafts. @throws UserError `log-arm` when one is missing or does not go along the whole path. */
function narrow(record: LogRecord, drafts: readonly string[]): LogRecord {
  const arms = drafts.map((draft) => {
    const columns = record.arms[draft];
    if (columns?.right.length === record.kinds.length && columns.said.length === record.kinds.length) {
      return [draft, columns] as const;
    }
    throw new UserError(
      'log-arm',
      `Request ${record.id} has no complete record of the draft ${draft}. Collect its log again.`,
    );
  });
  return { ...record, arms: Object.fromEntries(arms) };
}

function checkSame(training: Log, test: Log): void {
  const name = ({ header }: Log) => `${header.model} with ${header.arms.map(({ id }) => id).join(', ')}`;
  if (name(training) === name(test)) return;
  throw new UserError(
    'logs-differ',
    `The training log was recorded with ${name(training)}, the test log with ${name(test)}. Collect both alike.`,
  );
}

function checkApart(training: Log, test: Log): void {
  const seen = new Set(training.records.map(({ group }) => group));
  const both = test.records.find(({ group }) => seen.has(group));
  if (!both) return;
  throw new UserError(
    'logs-overlap',
    `Requests from ${both.group} are in the training log and in the test log. Split the logs by package.`,
  );
}
