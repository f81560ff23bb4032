import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { tokenKinds } from '../engine/policy/tokenKinds.ts';
import { UserError } from '../errors.ts';
import type { Pipeline } from '../inference/pipeline.ts';
import { machineOf } from '../measure/machine.ts';
import type { BenchPrompt } from '../measure/prompts.ts';
import { recordJob } from './collect.ts';
import { LOG_VERSION, type LogHeader, type LogRecord, PART } from './log.ts';
import { LogWriter } from './logWriter.ts';
import type { TuneOptions } from './tune.ts';
import type { TunePlan } from './tunePlan.ts';
import { Workspaces } from './workspaces.ts';

/** Tokens of a request, at most. */
const MOST_TOKENS = 64;

/**
 * Record the requests of a plan until all are, or the time is over; those of an earlier run are not recorded again.
 * @param options `until`: when to end, on the clock of `performance.now`.
 * @throws UserError `no-sources`; the signal's reason once it is aborted, what was recorded is kept then.
 */
export async function recordWithin(
  pipeline: Pipeline,
  plan: TunePlan,
  options: TuneOptions & { readonly until: number },
): Promise<void> {
  const { prompts, files } = plan;
  if (prompts.length === 0) {
    throw new UserError('no-sources', 'There are no source files to tune on. Name folders that have some.');
  }
  const { signal, until, onProgress } = options;
  const begun = performance.now();
  const over = AbortSignal.timeout(Math.max(1, Math.ceil(until - begun)));
  const workspaces = Workspaces.of(files, pipeline.tokenizer);
  const kinds = tokenKinds(pipeline.tokenizer.vocabulary);
  const log = await opened(options.log, headerOf(pipeline, options.model));
  try {
    for (const [i, prompt] of prompts.entries()) {
      const gone = (performance.now() - begun) / (until - begun);
      onProgress('recording', 100 * Math.min(1, Math.max(gone, i / prompts.length)));
      if (log.done.has(prompt.id)) continue;
      const either = AbortSignal.any([signal, over]);
      if (either.aborted) break;
      workspaces.fill(pipeline.index, prompt);
      const record = await recorded(pipeline, prompt, kinds, either);
      // One that was cut short is not what the model says.
      if (either.aborted) break;
      if (record.kinds.length > 0) await log.write(record);
    }
  } finally {
    await log.close();
  }
  signal.throwIfAborted();
  onProgress('recording', 100);
}

function recorded(
  pipeline: Pipeline,
  prompt: BenchPrompt,
  kinds: Uint8Array,
  signal: AbortSignal,
): Promise<LogRecord> {
  const job = { ...prompt, group: prompt.path, class: 'line', singleLine: false, maxTokens: MOST_TOKENS };
  return recordJob(pipeline, job, kinds, { keepTokens: false, signal });
}

function headerOf({ drafts, costs }: Pipeline, model: string): LogHeader {
  return {
    format: 'slipstream-policy-log',
    version: LOG_VERSION,
    model,
    arms: drafts.map(({ id, languages }) => ({ id, languages: [...languages] })),
    costs,
    machine: machineOf(),
  };
}

/** The log of an earlier run that was ended, or a new one where that is of another model or damaged. */
async function opened(file: string, header: LogHeader): Promise<LogWriter> {
  try {
    await mkdir(path.dirname(file), { recursive: true });
    return await LogWriter.open(file, header);
  } catch (error) {
    if (!(error instanceof UserError) || !['log-other', 'log-broken'].includes(error.reason)) throw error;
    await rm(`${file}${PART}`, { force: true });
    return LogWriter.open(file, header);
  }
}
