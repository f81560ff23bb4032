import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import {
  blockMeans,
  largest,
  NetworkClassifier,
  SIZES,
  softmax,
} from '../../../examples/image-classifiers/classifiers.ts';
import {
  CONTEXT,
  type Lesson,
  STATISTICS,
  TrainedSelector,
  writeAnswer,
  writeStatistics,
} from '../../../examples/image-classifiers/selectors.ts';
import { draw, PIXELS, pictures, SHAPES, seeded } from '../../../examples/image-classifiers/shapes.ts';
import { root } from '../../toy/bundled.ts';

describe('the image classifiers', () => {
  test('pictures are a function of their seed, and show every shape', () => {
    const some = pictures(300, 4);
    assert.deepEqual(some, pictures(300, 4));
    assert.notDeepEqual(some[0], pictures(1, 5)[0]);
    assert.equal(new Set(some.map(({ shape }) => shape)).size, SHAPES.length);
    for (const { pixels } of some) assert.ok(pixels.length === PIXELS && pixels.every(Number.isFinite));
  });

  test('a classifier learns', () => {
    const random = seeded(1);
    const classifier = new NetworkClassifier('small', SIZES.small, blockMeans, 2);
    const right = () =>
      pictures(600, 9).filter(({ pixels, shape }) => largest(classifier.classify(pixels)) === shape).length /
      600;
    const before = right();
    classifier.train(() => draw(random), 250, 32, 0.02);
    assert.ok(right() > before + 0.15, `${before} became ${right()}`);
  });

  test('softmax is one, whatever the size of its inputs', () => {
    const values = softmax(Float64Array.of(1000, 999, -1000));
    assert.ok(Math.abs(values[0]! - 1 / (1 + Math.exp(-1))) < 1e-12);
    assert.equal(values[2], 0);
  });

  test('statistics tell noise from shape', () => {
    const [flat, noisy] = [new Float64Array(PIXELS).fill(0.5), new Float64Array(PIXELS)];
    const random = seeded(3);
    for (let i = 0; i < PIXELS; i++) noisy[i] = random();
    const of = (pixels: Float64Array) => {
      const to = new Float64Array(STATISTICS);
      writeStatistics(pixels, to);
      return [...to];
    };
    assert.deepEqual(of(flat), [2, 0, 0, (60 * 0.5) / 64, 0]);
    assert.ok(of(noisy)[2]! > 1);
  });

  test('the answer of the small classifier is put behind the statistics', () => {
    const to = new Float64Array(CONTEXT).fill(9);
    writeAnswer(Float64Array.of(0.1, 0.2, 0.6, 0.1, 0, 0), to);
    assert.deepEqual([...to.subarray(0, STATISTICS)], new Array(STATISTICS).fill(9));
    assert.equal(to[STATISTICS], 0.6);
    assert.ok(Math.abs(to[STATISTICS + 1]! - 0.4) < 1e-12);
    assert.deepEqual([...to.subarray(STATISTICS + 2)], [0, 0, 1, 0, 0, 0]);
  });
});

describe('the trained selector', () => {
  test('asks the large one where it gains, at a price that is worth it', () => {
    const random = seeded(7);
    // The small one is right where the first number is low; the large one always is, but where the second is high nobody is.
    const lessons: Lesson[] = Array.from({ length: 2000 }, () => {
      const context = Float64Array.from({ length: CONTEXT }, () => random());
      const hopeless = context[1]! > 0.7;
      return { context, right: [context[0]! < 0.5 && !hopeless, !hopeless] };
    });
    const selector = new TrainedSelector(STATISTICS, 1);
    selector.train(lessons, 12, 2);
    const wants = (first: number, second: number, price = 0.2) =>
      selector.wantsLarge(
        Float64Array.from({ length: CONTEXT }, (_, i) => [first, second][i] ?? 0.5),
        [1, 2],
        price,
      );
    assert.equal(wants(0.9, 0.2), true);
    assert.equal(wants(0.1, 0.2), false, 'the small one suffices');
    assert.equal(wants(0.9, 0.95), false, 'nobody could tell');
    assert.equal(wants(0.9, 0.2, 5), false, 'too dear');
  });
});

test('the table in the document is that of the results', () => {
  const results: { rows: { method: string; microseconds: number }[] } = JSON.parse(
    readFileSync(path.join(root, 'examples/image-classifiers/results.json'), 'utf8'),
  );
  const document = readFileSync(path.join(root, 'docs/selection-elsewhere.md'), 'utf8');
  for (const { method, microseconds } of results.rows) {
    const row = document.split('\n').find((line) => line.startsWith(`| ${method} `));
    assert.ok(row?.includes(microseconds.toFixed(1)), method);
  }
});
