import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { biased, explore, lawOf } from '../../toy/law.ts';
import { markov, type ToyModel } from '../../toy/markov.ts';
import { speculativeText, type Variant } from '../../toy/speculativeSampling.ts';

/**
 * Does the checker of exact laws see what it is there to see? It is held to a correct procedure of another kind, which it
 * must pass whoever picks the draft, and to the ways in which that is known to go wrong, each of which must fail.
 */

const SIZE = 3;
const END = 0;
const worlds = [1, 2, 3].map((seed) => ({
  target: markov(seed, SIZE, 1, 5),
  drafts: [markov(seed + 10, SIZE, 1, 5), markov(seed + 20, SIZE, 1, 5)],
  end: END,
  length: 2,
}));

const lawOfTarget = ({ target, length }: (typeof worlds)[number]) =>
  lawOf(async (choose) => {
    const text: number[] = [];
    while (text.length < length && text.at(-1) !== END) text.push(choose(target.weights(text)));
    return text;
  });

const biasOf = async (variant: Variant, world: (typeof worlds)[number]) =>
  biased(await explore(async (fate) => speculativeText(variant, fate, world)), await lawOfTarget(world));

describe('the checker of laws', () => {
  test('passes speculative sampling when the draft is picked before it samples', async () => {
    for (const world of worlds) assert.deepEqual(await biasOf('right', world), []);
  });

  const wrong: Record<Exclude<Variant, 'right'>, string> = {
    late: 'the draft is picked by what was sampled',
    dropping: 'an unlikely guess is dropped',
    argmax: 'the likeliest token is guessed and weighed as if it were sampled',
    redrawing: 'a refused guess is drawn anew from the target',
  };
  for (const [variant, what] of Object.entries(wrong) as [Variant, string][]) {
    test(`fails it when ${what}`, async () => {
      for (const world of worlds) assert.notDeepEqual(await biasOf(variant, world), []);
    });
  }

  test('passes a late pick between equal drafts that cannot matter, so it is not blind to what is right', async () => {
    const [world] = worlds;
    const same: ToyModel = world!.target;
    assert.deepEqual(await biasOf('late', { ...world!, drafts: [same] }), []);
    assert.deepEqual(await biasOf('redrawing', { ...world!, drafts: [same, same] }), []);
  });

  test('sees a bias of one part in a thousand', async () => {
    const law = await lawOf(async (choose) => [choose([500, 500])]);
    const tilted = await explore(async ({ choose }) => [choose([501, 499])]);
    assert.deepEqual(biased(tilted, law).sort(), ['0', '1']);
    // An adversary who can tilt it either way, so that it is right on the average.
    const either = await explore(async ({ choose, pick }) => [
      choose(pick(2) === 0 ? [501, 499] : [499, 501]),
    ]);
    assert.deepEqual(biased(either, law).sort(), ['0', '1']);
  });
});
