import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { whyNothing } from '../../../../src/editor/views/explain.ts';
import { root } from '../../../toy/bundled.ts';

/** Reasons that the source names, in the places where nothing is shown for them. */
function reasons(pattern: RegExp, ...files: string[]): string[] {
  const texts = files.map((file) => readFileSync(path.join(root, file), 'utf8'));
  return texts.flatMap((text) => [...text.matchAll(pattern)].map(([, reason]) => reason!));
}

test('every reason for which nothing is shown has a sentence of its own', () => {
  const skips = reasons(/return '([a-z-]+)'/g, 'src/editor/completion/skip.ts');
  assert.ok(skips.length > 10);
  const folder = 'src/suggestion/filters';
  const files = readdirSync(path.join(root, folder)).map((name) => `${folder}/${name}`);
  const drops = reasons(/(?:drop: |keep\([^;]*, )'([a-z-]+)'/g, ...files);
  assert.ok(drops.length > 10);
  const all = [
    ...skips.filter((reason) => reason !== 'typed').map((reason) => `skipped:${reason}`),
    ...[...drops, 'unbalanced', 'inside-character', 'model-had-nothing', 'cut-short'].map(
      (each) => `empty:${each}`,
    ),
  ];
  for (const outcome of all) {
    const why = whyNothing(outcome);
    assert.match(why ?? '', /^[A-Z].*\.$/, outcome);
    assert.ok(!why!.includes('('.concat(outcome.split(':')[1]!)), `${outcome} has no sentence: ${why}`);
  }
});

test('what was shown needs no reason, and a failure tells its own', () => {
  assert.equal(whyNothing('shown:new'), undefined);
  assert.equal(whyNothing('none'), undefined);
  assert.equal(whyNothing('failed:x', 'There is no model.'), 'There is no model.');
  assert.match(whyNothing('cancelled:busy') ?? '', /summary/);
});
