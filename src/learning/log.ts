import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { pipeline as connect } from 'node:stream';
import { createGunzip } from 'node:zlib';
import * as z from 'zod';
import type { Support } from '../engine/drafts/draft.ts';
import { causeOf, codeOf, fileTrouble, UserError } from '../errors.ts';
import { timedPasses } from './passTimes.ts';

/**
 * The log of recorded decoding: gzipped JSON lines. The first line says what was recorded with what; each further line
 * is one request, with every draft's guesses at every position of the target's own path. Losslessness makes that path
 * the path of every policy, so the log tells what any policy would have done. Text and tokens are not in it: tokens are
 * told by their kind, and guesses by how many were right.
 */
export const LOG_VERSION = 2;

const whole = z.number().int().min(0);

const passTimes = z.object({
  widths: z.array(z.number().positive()).min(1).readonly(),
  contexts: z.array(z.number().min(0)).min(1).readonly(),
  millis: z.array(z.array(z.number().positive()).readonly()).min(1).readonly(),
});
const draftTimes = z.object({ token: z.number().min(0), catchUp: z.number().min(0) });

/** What the first line says in every version. */
const logVersion = z.object({ format: z.literal('slipstream-policy-log'), version: z.number() });

export const logHeader = z.object({
  ...logVersion.shape,
  /** The target: folder name and a hash of its graph. */
  model: z.string(),
  /** Drafts in the order of their columns; languages of neural ones. */
  arms: z.array(
    z.object({
      id: z.string(),
      languages: z.array(z.string()),
      /** Parameters of a neural draft. */
      parameters: z.number().positive().optional(),
    }),
  ),
  costs: z.object({ target: passTimes, drafts: z.record(z.string(), draftTimes) }),
  machine: z.looseObject({}),
});
export type LogHeader = z.infer<typeof logHeader>;

/** The numbers of a draft's support in their order in a log. */
export const SUPPORT = [
  'places',
  'agreeing',
  'along',
  'second',
  'echoed',
  'far',
  'copied',
  'source',
] as const satisfies readonly (keyof Support)[];

/** What one draft had to say along the path: a number for each position. */
const armColumns = z.object({
  /** Tokens of matching text behind the proposal. */
  match: z.array(whole),
  /** Tokens it proposed, up to the longest that policies use. */
  said: z.array(whole),
  /** How many of them were right in a row. */
  right: z.array(whole),
  /**
   * Its tokens from the first wrong one on, as far as drafts are compared, anonymous: equal numbers where drafts said the
   * same in the same place of the path.
   */
  wrong: z.array(z.array(whole)),
  /** Kinds of its first tokens, a hexadecimal digit each. */
  kinds: z.array(z.string()),
  /** How sure it was of its first tokens, in hundredths; only drafts that can tell. */
  sure: z.array(z.array(whole)).optional(),
  /** What stands behind it, in the order of {@link SUPPORT}, zeros at the end left out; only drafts that can tell. */
  support: z.array(z.array(whole)).optional(),
});
export type ArmColumns = z.infer<typeof armColumns>;

const recordShape = z.object({
  id: z.string(),
  /** Where the split between training and test runs: the package or project that the text comes from. */
  group: z.string(),
  language: z.string(),
  task: z.string(),
  class: z.string(),
  promptLength: whole,
  /** Kinds of the last tokens of the prompt. */
  promptKinds: z.array(whole),
  /** Kinds of the tokens of the path. */
  kinds: z.array(whole).min(1),
  /** By draft id. */
  arms: z.record(z.string(), armColumns),
  /** The natural language that the text is written in, where the prompt says; an ISO 639 code. */
  naturalLanguage: z.string().optional(),
  /** By draft id: ROUGE-L of what the draft writes without the target against the path, see rouge.ts. */
  own: z.record(z.string(), z.number().min(0).max(1)).optional(),
  /** Passes that were timed while it was decoded: rows, tokens held before, microseconds. */
  passes: z.array(z.tuple([whole, whole, whole])).optional(),
  /** The path's tokens, only when it was asked to keep them. */
  ids: z.array(whole).optional(),
});
/** Every draft has something to say, or nothing, at every position. */
export const logRecord = recordShape.refine(
  ({ arms, kinds }) =>
    Object.values(arms).every((columns) =>
      Object.values(columns).every((column) => column === undefined || column.length === kinds.length),
    ),
  'the columns of a draft are not as long as the path',
);
export type LogRecord = z.infer<typeof logRecord>;

export interface Log {
  readonly header: LogHeader;
  readonly records: readonly LogRecord[];
}

/** Read several logs as one. @throws UserError as readLog, and `logs-differ` when they were not recorded with the same models. */
export async function readLogs(files: readonly string[]): Promise<Log> {
  const logs: Log[] = [];
  for (const file of files) logs.push(await readLog(file));
  const [first, ...others] = logs;
  if (!first) throw new UserError('log-empty', 'No log is named.');
  const strange = others.findIndex(({ header }) => !sameRecording(header, first.header));
  if (strange >= 0) {
    throw new UserError(
      'logs-differ',
      `${files[strange + 1]} and ${files[0]} were recorded with different models or drafts. Use logs of one recording.`,
    );
  }
  return { header: first.header, records: logs.flatMap(({ records }) => records) };
}

/** Read a log, or the part that an earlier run left of one. @throws UserError `log-unreadable`, `log-broken`, `log-version` or `log-empty`, with what to do. */
export async function readLog(file: string): Promise<Log> {
  let header: LogHeader | undefined;
  const records: LogRecord[] = [];
  try {
    const lines = createInterface({
      // An error of either stream ends the other; the reader of the lines meets it.
      input: isPart(file)
        ? createReadStream(file)
        : connect(createReadStream(file), createGunzip(), () => undefined),
      crlfDelay: Infinity,
    });
    for await (const line of lines) {
      if (header) records.push(parseLine(logRecord, line, file, records.length + 2));
      else header = readHeader(line, file);
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    const damaged = codeOf(error)?.startsWith('Z_') === true;
    const sentence = damaged
      ? `${file} cannot be read: ${causeOf(error)}. Collect it again.`
      : fileTrouble(error, file, 'read');
    throw new UserError('log-unreadable', sentence, { cause: error });
  }
  if (!header || records.length === 0) {
    throw new UserError('log-empty', `${file} holds no recorded request. Collect some first.`);
  }
  return mended({ header, records });
}

/** The log with the times of passes as they were while it was recorded. */
function mended({ header, records }: Log): Log {
  const { costs } = header;
  return { header: { ...header, costs: { ...costs, target: timedPasses(records, costs.target) } }, records };
}

function readHeader(line: string, file: string): LogHeader {
  // The version comes first: what else stands there depends on it.
  const { version } = parseLine(logVersion, line, file, 1);
  if (version === LOG_VERSION) return parseLine(logHeader, line, file, 1);
  throw new UserError(
    'log-version',
    `${file} was written by another version (${version}, this one reads ${LOG_VERSION}). Collect it again.`,
  );
}

/** A line of a log, checked. @param number of the line, from 1. @throws UserError `log-broken`. */
export function parseLine<T>(schema: z.ZodType<T>, line: string, file: string, number: number): T {
  const remedy = isPart(file) ? 'Remove it to begin anew.' : 'Collect it again.';
  const broken = (detail: string) =>
    new UserError('log-broken', `Line ${number} of ${file} is not that of a log (${detail}). ${remedy}`);
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw broken(causeOf(error));
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw broken(`${issue?.path.join('.') || 'the whole'}: ${issue?.message}`);
}

/** How the name of a log ends that is not complete. */
export const PART = '.part';

function isPart(file: string): boolean {
  return file.endsWith(PART);
}

/** Whether two logs were recorded with the same model and drafts. */
export function sameRecording(a: LogHeader, b: LogHeader): boolean {
  return a.version === b.version && a.model === b.model && armNames(a) === armNames(b);
}

/** Ids of the drafts of a log, as a sentence names them. */
export function armNames({ arms }: LogHeader): string {
  return arms.map(({ id }) => id).join(', ');
}
