import type { ModelConfig } from './modelConfig.ts';

/** Longest context that is allocated; more would only cost memory at the speed of a laptop. */
const MOST_POSITIONS = 8192;

/** How many positions a model is given, and why no more; nothing where it has them all. */
export interface ContextLimit {
  readonly positions: number;
  readonly because: string | undefined;
}

/** Ways to stretch positions by which the same token has other keys once the text is longer: no cache is right for both. */
const CHANGING = ['longrope', 'su', 'dynamic'];

/**
 * The context in which what a graph computes is what the model was trained for, however a text is split into passes.
 * @param windows the sliding windows that the graph itself keeps.
 */
export function contextLimit(config: ModelConfig, windows: ReadonlySet<number>): ContextLimit {
  const { max_position_embeddings: own, sliding_window: window, rope_scaling: scaling } = config;
  const limits: ContextLimit[] = [
    { positions: own, because: undefined },
    { positions: MOST_POSITIONS, because: `of its ${own} positions no more are given memory` },
  ];
  const slides =
    config.use_sliding_window !== false && (config.layer_types?.includes('sliding_attention') ?? true);
  if (window && slides && windows.size === 0) {
    const because = `config.json tells of a sliding window of ${window}, which the graph does not keep by itself`;
    limits.push({ positions: window, because });
  }
  const kind = scaling?.rope_type ?? scaling?.type;
  const trained = scaling?.original_max_position_embeddings ?? config.original_max_position_embeddings;
  if (kind && trained && CHANGING.includes(kind)) {
    limits.push({
      positions: trained,
      because: `beyond that its positions are stretched («${kind}»), which changes what is kept`,
    });
  }
  return limits.reduce((least, limit) => (limit.positions < least.positions ? limit : least));
}
