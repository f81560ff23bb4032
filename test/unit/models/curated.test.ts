import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { sourceOf } from '../../../src/models/add.ts';
import { SUGGESTIONS } from '../../../src/models/curated.ts';

suite('the models that are suggested', () => {
  test('can each be named to «models add», once, with an open licence', () => {
    for (const { repository, licence } of SUGGESTIONS) {
      assert.deepEqual(sourceOf(repository, {}), { kind: 'hub', text: repository });
      assert.match(licence, /^(Apache-2\.0|MIT)$/, repository);
    }
    assert.equal(new Set(SUGGESTIONS.map(({ repository }) => repository)).size, SUGGESTIONS.length);
  });

  test('need more memory than there is to load, but what a laptop has', () => {
    for (const { title, megabytes, memory } of SUGGESTIONS)
      assert.ok(megabytes < memory && memory < 4000, title);
  });
});
