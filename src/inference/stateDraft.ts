import { guarded } from '../engine/drafts/guarded.ts';
import { StateDraft } from '../engine/drafts/neural/stateDraft.ts';
import { messageOf } from '../errors.ts';
import type { CausalModel } from '../runtime/causalModel.ts';
import { measureStates } from '../runtime/measureCosts.ts';
import type { ModelFolder } from '../runtime/modelFolder.ts';
import { StateModel } from '../runtime/stateModel.ts';
import type { CostCache } from './costCache.ts';
import { draftFailed, LEAST_CHANCE, type NeuralEntry } from './neuralDrafts.ts';

/** The id of the draft that reads the target's hidden states. */
const STATE = 'state';

interface StateOptions {
  /** Ids of the drafts that are wanted; empty for all. */
  readonly pool: readonly string[];
  readonly costCache?: CostCache | undefined;
}

/** The draft in the target's own folder that reads what the target computes, where it has one; left out with a notice where it cannot be used. */
export async function stateDrafts(
  { state }: ModelFolder,
  target: CausalModel,
  notices: string[],
  { pool, costCache }: StateOptions,
): Promise<NeuralEntry[]> {
  if (!state) return [];
  const about = { id: STATE, languages: [], description: state.description };
  if (pool.length > 0 && !pool.includes(STATE)) return [{ ...about, model: undefined }];
  try {
    if (!target.givesStates) throw new Error('the graph does not give the tensors that it reads');
    const model = await StateModel.load(state);
    const measure = async () => measureStates(model);
    const times = costCache ? await costCache.draftTimes(state.weights, 1, measure) : await measure();
    const draft = guarded(new StateDraft(STATE, model, target, LEAST_CHANCE), draftFailed);
    return [
      {
        ...about,
        model: { draft, distribution: undefined, times, bytes: model.bytes, dispose: async () => undefined },
      },
    ];
  } catch (error) {
    notices.push(`Draft ${STATE} is left out: ${messageOf(error)}`);
    return [];
  }
}
