/** `@huggingface/transformers`: `generate` on the same weights, with a streamer that notes when each token came. */
import path from 'node:path';
import {
  AutoModelForCausalLM,
  BaseStreamer,
  env,
  type PreTrainedModel,
  Tensor,
} from '@huggingface/transformers';
import { type Load, type Outcome, serve, type Work } from './protocol.ts';

let model: PreTrainedModel;

/** Told the prompt first, then each token. */
class Clock extends BaseStreamer {
  readonly ids: number[] = [];
  readonly times: number[] = [];
  private prompt = true;

  override put(values: bigint[][]): void {
    if (this.prompt) {
      this.prompt = false;
      return;
    }
    this.ids.push(Number(values[0]![0]));
    this.times.push(performance.now());
  }

  override end(): void {}
}

async function load({ converted, threads }: Load): Promise<Record<string, unknown>> {
  env.allowRemoteModels = false;
  env.localModelPath = converted + path.sep;
  const session = {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
  } as const;
  model = await AutoModelForCausalLM.from_pretrained('hub', {
    device: 'cpu',
    dtype: 'q8',
    session_options: session,
  });
  return { '@huggingface/transformers': env.version, dtype: 'q8', device: 'cpu', session };
}

async function run({ prompt, count }: Work): Promise<Outcome> {
  const dims = [1, prompt.length];
  const clock = new Clock();
  const started = performance.now();
  await model.generate({
    inputs: new Tensor('int64', BigInt64Array.from(prompt, BigInt), dims),
    attention_mask: new Tensor('int64', new BigInt64Array(prompt.length).fill(1n), dims),
    max_new_tokens: count,
    do_sample: false,
    eos_token_id: null,
    streamer: clock,
  });
  const { ids, times } = clock;
  // The first token comes with the reading of the prompt; each further one is a pass of its own.
  return { prefill: times[0]! - started, decode: times.at(-1)! - times[0]!, timed: ids.length - 1, ids };
}

serve({ load, run });
