import { fixedDraft } from '../../src/engine/policy/fixed.ts';
import type { PolicyWeights } from '../../src/engine/policy/trained.ts';
import { type Contestant, geomean, partition, run, speedups } from '../../src/learning/contest.ts';
import { trainedContestant } from '../../src/learning/contestants.ts';
import type { World } from '../../src/learning/world.ts';

/** How well those are served who write in a natural language. */
export interface Service {
  /** An ISO 639 code. */
  readonly naturalLanguage: string;
  readonly requests: number;
  /** Geometric mean speedup over plain decoding. */
  readonly trained: number;
  readonly bestFixed: number;
  readonly oracle: number;
}

/** Speedup by natural language. @param prose requests of prose, apart from those of the other comparisons. */
export function serviceOf(prose: World, weights: readonly PolicyWeights[]): Service[] {
  const { test, times, best, oracle } = prose;
  const own = (contestant: Contestant) => speedups(run(contestant, test.records, times), test.plain);
  const trained = own(trainedContestant('trained', weights, prose));
  const make = () => fixedDraft(best.draft, best.length);
  const fixed = own({ id: 'best fixed', kind: 'fixed', seeds: 1, make });
  const bound = speedups({ millis: [oracle] }, test.plain);
  return [...partition(test.records, ({ naturalLanguage }) => naturalLanguage)].map(([value, rows]) => {
    const mean = (values: Float64Array) => geomean(rows.map((row) => values[row]!));
    return {
      naturalLanguage: value,
      requests: rows.length,
      trained: mean(trained),
      bestFixed: mean(fixed),
      oracle: mean(bound),
    };
  });
}
