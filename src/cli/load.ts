import { loadPipeline, type Pipeline, type PipelineOptions } from '../inference/pipeline.ts';
import { storeFolder } from '../models/places.ts';
import { checkedFiles } from './cache.ts';
import { bundledModels } from './options.ts';

/** What a command asks for; the rest is the same for all. */
export type CommandModels = Pick<
  PipelineOptions,
  'model' | 'threads' | 'provider' | 'costCache' | 'measuringMillis' | 'policyFile' | 'memory'
> & {
  /** Ids of the drafts to load; all without it. */
  readonly pool?: readonly string[];
};

/**
 * Load the models for a command, and say what is worth knowing of them.
 * @throws UserError when they cannot be used, or something that the user named cannot.
 */
export async function loadForCommand(options: CommandModels, say = tell): Promise<Pipeline> {
  const pipeline = await loadPipeline({
    ...options,
    pool: options.pool ?? [],
    store: storeFolder(),
    bundled: bundledModels(),
    checked: await checkedFiles(),
    strict: true,
  });
  const { problems, notices } = pipeline.loaded;
  for (const notice of [...problems, ...notices]) say(notice);
  return pipeline;
}

/** Say something beside the output. */
export function tell(notice: string): void {
  console.error(`slipstream: ${notice}`);
}
