import type { Tensor } from 'onnxruntime-node';
import type { GraphForm } from './graph.ts';
import type { KeyValueCache } from './keyValueCache.ts';
import type { OrtModule } from './onnx.ts';
import { sizeOf, zeros } from './tensors.ts';

/** States that are kept of one text: many and small ones, or few and large ones. */
const MOST_SNAPSHOTS = 32;
const MOST_BYTES = 32 * 2 ** 20;

interface Snapshot {
  /** Tokens that it has seen. */
  readonly length: number;
  /** By the names of the inputs. */
  readonly tensors: Record<string, Tensor>;
}

/**
 * Adds to a cache of keys and values the states that graphs with convolutions carry beside them. A state cannot be cut: what is
 * known of it is what passes ended with, so those ends are kept, and a text that is taken back to somewhere between two of
 * them goes on from the one before. A pass that was padded has seen what is not in the text: its end is none.
 */
export function withStates(ort: OrtModule, { states }: GraphForm, inner: KeyValueCache): KeyValueCache {
  if (states.length === 0) return inner;
  const empty = Object.fromEntries(states.map(({ past, type, dims }) => [past, zeros(ort, type, dims)]));
  const bytes = states.reduce((sum, state) => sum + sizeOf(state), 0);
  const most = Math.max(2, Math.min(MOST_SNAPSHOTS, Math.floor(MOST_BYTES / bytes)));
  // Before any token there is nothing, always.
  let snapshots: Snapshot[] = [{ length: 0, tensors: empty }];
  const lastWithin = (length: number) => snapshots.filter((each) => each.length <= length).at(-1)!;

  return {
    resumable: (length) => inner.resumable(lastWithin(length).length),
    feeds(length) {
      // Those behind it were of tokens that are no longer there.
      snapshots = snapshots.filter((each) => each.length <= length);
      return { ...inner.feeds(length), ...lastWithin(length).tensors };
    },
    fetches() {
      // What is kept must not be written to.
      const news = states.map(({ present, type, dims }) => [present, zeros(ort, type, dims)]);
      return { ...inner.fetches(), ...Object.fromEntries(news) };
    },
    store(results, length, padded) {
      inner.store(results, length, padded);
      if (padded) return;
      const tensors = Object.fromEntries(states.map(({ past, present }) => [past, results[present]!]));
      snapshots.push({ length, tensors });
      if (snapshots.length > most) snapshots.splice(leastMissed(snapshots.map((each) => each.length)), 1);
    },
  };
}

/** Which of the places is nearest to its neighbours; neither the first nor the last. */
function leastMissed(lengths: readonly number[]): number {
  const gap = (at: number) => lengths[at + 1]! - lengths[at - 1]!;
  let least = 1;
  for (let at = 2; at < lengths.length - 1; at++) if (gap(at) < gap(least)) least = at;
  return least;
}
