import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { digestsOf, isExpected, manifestOf, namesIn } from '../../../src/models/hashes.ts';
import { toyStore, writeFiles } from './toyStore.ts';

// What sha256sum and `git hash-object` say of `hello\n`.
const SHA256 = '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03';
const GIT = 'ce013625030ba8dba906f756967f9e9ca394464a';

suite('digests of a file', () => {
  test('are those that other programs find, and are compared by their kind', async (context) => {
    const { place } = await toyStore(context);
    await writeFiles(place, { hello: 'hello\n' });
    const digests = await digestsOf(path.join(place, 'hello'));
    assert.deepEqual(digests, { bytes: 6, sha256: SHA256, git: GIT });
    assert.ok(isExpected(digests, { kind: 'sha256', digest: SHA256 }));
    assert.ok(isExpected(digests, { kind: 'git', digest: GIT }));
    assert.ok(!isExpected(digests, { kind: 'git', digest: SHA256 }));
    assert.ok(!isExpected(digests, { kind: 'sha256', digest: GIT }));
  });

  test('are not waited for once they are called off', async (context) => {
    const { place } = await toyStore(context);
    await writeFiles(place, { hello: 'hello\n' });
    const signal = AbortSignal.abort(new Error('away'));
    await assert.rejects(digestsOf(path.join(place, 'hello'), signal), { name: 'AbortError' });
  });
});

suite('the manifest of a folder', () => {
  test('has all files with their paths, sorted, and no links', async (context) => {
    const { place } = await toyStore(context);
    await writeFiles(place, { 'b/c/d': '', 'b/a': '', a: '', '.hidden': '' });
    symlinkSync(path.join(place, 'a'), path.join(place, 'link'));
    assert.deepEqual(await namesIn(place), ['.hidden', 'a', 'b/a', 'b/c/d']);
  });

  test('takes digests that are known as they are, and reads the other files', async (context) => {
    const { place } = await toyStore(context);
    await writeFiles(place, { hello: 'hello\n', known: 'hello\n' });
    const known = { bytes: 7, sha256: 'f'.repeat(64), git: '' };
    assert.deepEqual(await manifestOf(place, new Map([['known', known]])), {
      format: 'slipstream-manifest',
      version: 1,
      files: { hello: { bytes: 6, sha256: SHA256 }, known: { bytes: 7, sha256: 'f'.repeat(64) } },
    });
  });
});
