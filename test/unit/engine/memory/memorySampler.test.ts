import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HealingSampler, TokenTrie } from '../../../../src/engine/healing.ts';
import { EVIDENCE_FEATURES, Evidence } from '../../../../src/engine/memory/evidence.ts';
import { bonusOf, MemorySampler } from '../../../../src/engine/memory/memorySampler.ts';
import { greedy, type Sampler, seededSampler } from '../../../../src/engine/sampling.ts';
import { checkTrial, randomRequest, randomWorld, runTrial } from '../../../toy/cases.ts';
import { plainWeights, randomIndex, randomWeights, remembered, rowOf } from '../../../toy/memory.ts';
import { plainDecode } from '../../../toy/reference.ts';
import { ToyTarget } from '../../../toy/target.ts';
import { cases } from '../../../toy/thorough.ts';
import { vocabularyOf } from '../../../toy/vocabulary.ts';

/** A random world with a memory: several requests on one target, each compared with its definition. */
async function fuzz(seed: number, innerAt: (position: number) => Sampler): Promise<number> {
  const world = randomWorld(seed);
  const { random, vocabulary, model, contextLength } = world;
  const target = new ToyTarget(model, contextLength);
  const weights = randomWeights(random);
  const index = randomIndex(random, vocabulary);
  let changed = 0;
  for (let turn = 0; turn < 2; turn++) {
    const request = randomRequest(world);
    const { prompt, stop, skipBytes } = request;
    const next = remembered(model, weights, index, (text) => innerAt(text.length - prompt.length));
    const plain = plainDecode(next, prompt, stop, vocabulary, contextLength, skipBytes);
    const sampler = new MemorySampler(innerAt(0), weights, new Evidence(prompt, index, 'file 1'));
    checkTrial(await runTrial(world, request, target, sampler), plain, request);
    const without = await runTrial({ ...world }, request, target, innerAt(0));
    if (without.result.ids.join() !== plain.ids.join()) changed++;
  }
  return changed;
}

describe('the workspace memory', () => {
  test('gives what plain decoding with it gives, for every draft and policy', async () => {
    let changed = 0;
    for (let seed = 0; seed < cases(250); seed++) {
      changed += await fuzz(seed, () => greedy).catch((error: unknown) => {
        throw new Error(`seed ${seed}: ${error}`, { cause: error });
      });
    }
    assert.ok(changed > cases(50), `the memory changed ${changed} texts`);
  });

  test('gives it with a temperature too, nucleus or not', async () => {
    let changed = 0;
    for (let seed = 0; seed < cases(150); seed++) {
      const options = { temperature: [0.3, 1, 2][seed % 3]!, topP: seed % 2 === 0 ? 1 : 0.8, seed };
      changed += await fuzz(seed, (position) => seededSampler(options, position)).catch((error: unknown) => {
        throw new Error(`seed ${seed}: ${error}`, { cause: error });
      });
    }
    assert.ok(changed > cases(25), `the memory changed ${changed} texts`);
  });

  test('chooses the same where it saves itself the weighing', () => {
    // The same sampler under another name, so that nothing is saved.
    const thorough: Sampler = { ...greedy };
    let raised = 0;
    for (let trial = 0; trial < 400; trial++) {
      // Of some weights nothing is ever raised: many are tried.
      const { random, vocabulary } = randomWorld(trial);
      const weights = randomWeights(random);
      const text = Array.from({ length: 30 }, () => random.int(0, 4));
      const logits = Float32Array.from({ length: vocabulary.size }, () => 4 * random.next());
      const choose = (inner: Sampler) =>
        new MemorySampler(inner, weights, new Evidence(text, undefined, undefined)).choose(rowOf(logits), 0);
      const before = logits.slice();
      const token = choose(greedy);
      assert.equal(token, choose(thorough));
      assert.deepEqual(logits, before);
      if (token !== rowOf(logits).argmax(0)) raised++;
    }
    assert.ok(raised > 20, `evidence won ${raised} times`);
  });

  test('follows strong evidence against the model, and not weak evidence', () => {
    const text = [1, 2, 3, 4, 5, 1, 2, 3];
    const logits = Float32Array.from([0, 0, 0, 0, 0, 3]);
    const choose = (named: number, more: number) =>
      new MemorySampler(greedy, plainWeights(named, more), new Evidence(text, undefined, undefined)).choose(
        rowOf(logits),
        0,
      );
    assert.equal(choose(32, 4), 4);
    assert.equal(choose(31, 0), 5);
  });

  test('leaves the rows as they were', () => {
    const logits = Float32Array.from([0.1, 0.2, 0.3, 0.4, 0.5, 3]);
    const before = logits.slice();
    const sampler = new MemorySampler(
      greedy,
      plainWeights(40, 4),
      new Evidence([1, 2, 1], undefined, undefined),
    );
    assert.equal(sampler.choose(rowOf(logits), 0), 2);
    assert.deepEqual(logits, before);
  });

  test('chooses among what healing allows', () => {
    const vocabulary = vocabularyOf(['', 'a', 'ab', 'b', 'abc', 'c']);
    const text = [1, 3, 5, 2, 5, 1, 3, 5];
    // The text goes on with «ab», but «abc» is asked for.
    const logits = Float32Array.from([0, 1, 0, 5, 0.5, 4]);
    const make = (required: string) =>
      new HealingSampler(
        new MemorySampler(greedy, plainWeights(60, 10), new Evidence(text, undefined, undefined)),
        new TokenTrie(vocabulary),
        vocabulary,
        Buffer.from(required),
      );
    assert.equal(make('').choose(rowOf(logits), 0), 2);
    assert.equal(make('abc').choose(rowOf(logits), 0), 2, 'a beginning of what is required');
    assert.equal(make('c').choose(rowOf(logits), 0), 5);
  });

  test('weighs evidence against the best of what healing allows', () => {
    // Only the gap counts: a candidate far below the model's choice gets a bonus, one close to it none.
    const layer = new Array<number>(EVIDENCE_FEATURES + 1).fill(0);
    layer[13] = 40;
    layer[EVIDENCE_FEATURES] = -20;
    const weights = { network: { sizes: [EVIDENCE_FEATURES, 1], layers: [layer] } };
    const logits = Float32Array.from([9, 0, 4, 4.5]);
    const choose = (among?: readonly number[]) =>
      new MemorySampler(greedy, weights, new Evidence([1, 2, 1], undefined, undefined)).choose(
        rowOf(logits),
        0,
        among,
      );
    assert.equal(choose(), 2, 'five below the likeliest token');
    assert.equal(choose([2, 3]), 3, 'half below the likeliest of the two');
  });

  test('takes the smaller of two equal tokens', () => {
    const weights = plainWeights(32, 0);
    const logits = new Float32Array(6);
    for (const text of [
      [5, 2, 5, 4, 5],
      [5, 4, 5, 2, 5],
    ]) {
      const sampler = new MemorySampler(greedy, weights, new Evidence(text, undefined, undefined));
      assert.equal(sampler.choose(rowOf(logits), 0), 2);
    }
  });

  test('keeps nothing from one request to the next', () => {
    const weights = plainWeights(40, 4);
    const logits = Float32Array.from([0, 0, 0, 1]);
    const first = new MemorySampler(greedy, weights, new Evidence([1, 2, 1], undefined, undefined));
    assert.equal(first.choose(rowOf(logits), 0), 2);
    const second = new MemorySampler(greedy, weights, new Evidence([1], undefined, undefined));
    assert.equal(second.choose(rowOf(logits), 0), 3);
  });

  test('never lowers a logit', () => {
    for (const output of [-1000, -5, 0, 5, 29, 31, 1000]) {
      assert.ok(bonusOf(output) >= 0 && bonusOf(output) <= 20, String(output));
    }
    assert.ok(bonusOf(3) > bonusOf(2));
  });
});
