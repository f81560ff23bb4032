import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { EVIDENCE_FEATURES } from '../../../src/engine/memory/evidence.ts';
import { bonusOf } from '../../../src/engine/memory/memorySampler.ts';
import { Examples } from '../../../src/learning/memory/examples.ts';
import { fitMemory } from '../../../src/learning/memory/fit.ts';
import { cutPlaces } from '../../../src/learning/memory/places.ts';
import { Copies, readWorkspace } from '../../../src/learning/workspace.ts';
import { seededRandom } from '../../../src/measure/statistics.ts';
import { Network } from '../../../src/selection/network.ts';

describe('learning the memory', () => {
  test('gives a large bonus to evidence that is usually right, and hardly any to evidence that is not', () => {
    const examples = new Examples();
    const random = seededRandom(5);
    for (let i = 0; i < 4000; i++) {
      const good = i % 2;
      const right = random() < (good ? 0.9 : 0.02);
      examples.add({ mass: 2, written: right ? 0 : -1, count: 1 }, [3], (_, row) => {
        row.fill(0);
        row[0] = good;
      });
    }
    const losses: number[] = [];
    const { network: weights } = fitMemory(examples, {
      epochs: 40,
      hidden: 8,
      random,
      onEpoch: (_, loss) => losses.push(loss),
    });
    assert.ok(losses.at(-1)! < -1 && losses.at(-1)! < losses[0]!, losses.join(' '));
    const network = new Network(weights);
    const bonus = (good: number) => {
      network.input.fill(0);
      network.input[0] = good;
      return bonusOf(network.run()[0]!);
    };
    // With mass 2 and the gap 3, a chance of 0.9 needs e^(bonus − 3) = 0.9 / 0.1 · (2 − e^−3), a bonus of 5.87.
    assert.ok(Math.abs(bonus(1) - 5.87) < 0.7, `${bonus(1)}`);
    assert.ok(bonus(0) < 0.8, `${bonus(0)}`);
  });

  test('keeps examples as they were added', () => {
    const examples = new Examples();
    const row = new Float64Array(EVIDENCE_FEATURES);
    for (let i = 0; i < 3000; i++) {
      examples.add({ mass: 1, written: 1, count: 2 }, [i, i + 0.5], (candidate, to) =>
        to.fill(i + candidate),
      );
    }
    const example = examples.list[2999]!;
    assert.equal(examples.gap(example, 1), 2999.5);
    examples.read(example, 1, row);
    assert.ok(row.every((value) => value === 3000));
  });

  test('cuts places out of source files, whose parts are the file', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'slipstream-places-'));
    try {
      const text = Array.from({ length: 60 }, (_, i) => `  const value${i} = compute(${i});`).join('\n');
      await writeFile(path.join(folder, 'a.ts'), text);
      await writeFile(path.join(folder, 'b.py'), 'x = 1\n');
      const files = await readWorkspace(folder);
      assert.deepEqual(
        files.map((file) => file.path),
        ['a.ts'],
      );
      const places = cutPlaces(files, 20, seededRandom(2));
      assert.ok(places.length > 10);
      for (const { prefix, written, suffix } of places) {
        assert.ok(text.includes(prefix + written + suffix));
        assert.ok(written.trim() !== '' && (suffix === '' || suffix.startsWith('\n')));
      }
      assert.deepEqual(cutPlaces(files, 20, seededRandom(2)), places);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('takes files for copies that share most of their lines', () => {
    const lines = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => `export const name${from + i};`).join('\n');
    const files = [
      { path: 'src/a.ts', text: lines(0, 40) },
      { path: 'lib/a.ts', text: lines(5, 60) },
      { path: 'src/b.ts', text: lines(38, 200) },
    ];
    const copies = new Copies(files);
    assert.deepEqual(
      files.map((file) => copies.of(file)),
      [['lib/a.ts'], ['src/a.ts'], []],
    );
    assert.deepEqual(copies.of({ path: 'old/a.ts', text: lines(0, 30) }), ['src/a.ts', 'lib/a.ts']);
  });
});
