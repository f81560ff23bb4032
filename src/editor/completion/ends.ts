import { type CompletionContext, typedBetween } from '../../suggestion/context.ts';
import type { Generation } from './generation.ts';
import type { Outcome } from './outcome.ts';
import type { CompletionRequest } from './request.ts';
import type { RunningJob } from './runningJob.ts';

/** Whether the answer stands: an empty one only where the model would write the same again. */
export function isFinal(answer: Outcome, { finish, context }: Generation, now: CompletionContext): boolean {
  if (answer.type === 'shown' || finish === 'stop') return true;
  return isWhole({ finish }) && typedBetween(context, now) === '';
}

/** Whether a job that was joined has turned out to be for another text, or wrote no more than was typed. */
export function isUseless(job: RunningJob, { context }: CompletionRequest): boolean {
  if (job.generation.context === context) return false;
  if (!job.result) return !job.generation.agrees(context);
  return job.result.type === 'done' && !job.generation.remainder(context);
}

/** The name of a job's end that left nothing to show. */
export function endOf(job: RunningJob): Outcome {
  const result = job.result;
  if (result?.type === 'failed') return { type: 'failed', reason: result.reason, message: result.message };
  if (result?.type === 'cancelled') {
    return { type: 'cancelled', by: result.by === 'client' ? 'editor' : result.by };
  }
  return { type: 'empty', reason: result?.finish === 'length' ? 'cut-short' : 'model-had-nothing' };
}

/** Whether nothing more can come of a job, and it was not cut off. */
export function isWhole({ finish }: Pick<Generation, 'finish'>): boolean {
  return finish !== 'running' && finish !== 'cut';
}
