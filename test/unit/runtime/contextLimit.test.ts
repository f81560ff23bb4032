import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { contextLimit } from '../../../src/runtime/contextLimit.ts';
import { configSchema } from '../../../src/runtime/modelConfig.ts';

const limitOf = (facts: object, windows: readonly number[] = []) =>
  contextLimit(
    configSchema.parse({ vocab_size: 8, max_position_embeddings: 4096, ...facts }),
    new Set(windows),
  );

describe('the context of a model', () => {
  test('is what config.json says, by whatever name, and no more than memory is given to', () => {
    assert.deepEqual(limitOf({}), { positions: 4096, because: undefined });
    const older = configSchema.parse({ vocab_size: 8, n_positions: 1024, n_embd: 12, n_head: 3 });
    assert.equal(contextLimit(older, new Set()).positions, 1024);
    assert.deepEqual([older.hidden_size, older.num_attention_heads], [12, 3]);
    const inner = configSchema.parse({ text_config: { vocab_size: 8, max_position_embeddings: 512 } });
    assert.equal(contextLimit(inner, new Set()).positions, 512);
    const long = limitOf({ max_position_embeddings: 131_072 });
    assert.equal(long.positions, 8192);
    assert.match(long.because!, /131072/);
    assert.equal(configSchema.safeParse({ vocab_size: 8 }).success, false);
  });

  test('ends where a sliding window begins to count, unless the graph keeps it or no layer has one', () => {
    const sliding = { sliding_window: 512 };
    assert.equal(limitOf(sliding).positions, 512);
    assert.match(limitOf(sliding).because!, /sliding window of 512/);
    assert.equal(limitOf(sliding, [512]).positions, 4096);
    assert.equal(limitOf({ ...sliding, use_sliding_window: false }).positions, 4096);
    assert.equal(limitOf({ ...sliding, layer_types: ['full_attention'] }).positions, 4096);
    assert.equal(
      limitOf({ ...sliding, layer_types: ['full_attention', 'sliding_attention'] }).positions,
      512,
    );
    assert.equal(limitOf({ sliding_window: null }).positions, 4096);
    assert.equal(limitOf({ sliding_window: 8000 }).positions, 4096);
  });

  test('ends where stretched positions would change what is kept', () => {
    const scaled = (type: string) => ({
      rope_scaling: { rope_type: type, original_max_position_embeddings: 2048 },
    });
    assert.equal(limitOf(scaled('dynamic')).positions, 2048);
    assert.match(limitOf(scaled('longrope')).because!, /longrope/);
    assert.equal(limitOf(scaled('yarn')).positions, 4096);
    // Phi has the type under an older name and the length beside it.
    const older = { rope_scaling: { type: 'longrope' }, original_max_position_embeddings: 1024 };
    assert.equal(limitOf(older).positions, 1024);
  });
});
