import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { readPolicyFile } from '../../../src/inference/policyFile.ts';
import {
  identityOf,
  placesOfTuned,
  readTuned,
  type TunedTarget,
  writeTuned,
} from '../../../src/inference/tunedPolicy.ts';
import { openModelFolder } from '../../../src/runtime/modelFolder.ts';
import { root } from '../../toy/bundled.ts';
import { placeToy, TOY_GRAPH, toyModelFiles, toyStore, writeFiles } from '../models/toyStore.ts';

describe('a policy that was tuned for a model', () => {
  let place: string;
  let store: string;
  beforeEach(() => {
    place = mkdtempSync(path.join(os.tmpdir(), 'slipstream-tuned-'));
    store = path.join(place, 'store');
  });
  afterEach(() => rmSync(place, { recursive: true }));

  /** A model of the user's own, somewhere on the disk. */
  async function elsewhere(name: string): Promise<TunedTarget> {
    const folder = await openModelFolder(await writeFiles(path.join(place, name), toyModelFiles));
    return { folder, name: undefined, memory: undefined };
  }
  const general = () => readPolicyFile(path.join(root, 'models/policy/general.json'));

  test('lies in the store under its name, that of a folder elsewhere by its place, and never in the folder', async (context) => {
    const { store: added } = await toyStore(context);
    const mine = await openModelFolder((await placeToy(added, 'mine')).folder);
    const of = (target: Pick<TunedTarget, 'folder' | 'name'>) =>
      path.relative(added.folder, placesOfTuned(added.folder, target).policy);
    assert.equal(of({ folder: mine, name: undefined }), path.join('.tuned', 'mine.json'));
    assert.equal(of({ folder: mine, name: 'base' }), path.join('.tuned', 'base.json'));
    const [one, two] = [await elsewhere('a/mine'), await elsewhere('b/mine')];
    assert.match(of(one), /\.tuned.mine-[0-9a-f]{12}\.json$/);
    assert.notEqual(of(one), of(two));
    const before = readdirSync(one.folder.path);
    await writeTuned(added.folder, one, await general());
    assert.deepEqual(readdirSync(one.folder.path), before);
    // It is no model.
    assert.deepEqual(
      (await added.list()).map(({ name }) => name),
      ['mine'],
    );
  });

  test('is read again as it was kept, and nothing where none was', async () => {
    const target = await elsewhere('mine');
    assert.deepEqual(await readTuned(store, target), { type: 'none' });
    const policy = await general();
    const file = await writeTuned(store, target, policy);
    const read = await readTuned(store, target);
    assert.ok(read.type === 'there');
    const identity = await identityOf(target);
    assert.deepEqual(read.policy, { ...policy, trainedOn: { ...policy.trainedOn, identity } });
    // It may be named like any other.
    assert.deepEqual(await readPolicyFile(file), read.policy);
  });

  test('is ignored in a sentence where the weights, the tokenizer or the memory are others', async () => {
    const target = await elsewhere('mine');
    await writeTuned(store, target, await general());
    const ignored = async (now: TunedTarget) => {
      const read = await readTuned(store, now);
      assert.ok(read.type === 'ignored' && read.reason === 'other-model', JSON.stringify(read));
      assert.match(
        read.message,
        /mine-\w+\.json was tuned for other weights.*until the model is tuned again\.$/,
      );
    };
    const memory = { sizes: [1] } as unknown as TunedTarget['memory'];
    await ignored({ ...target, memory });
    const graph = path.join(target.folder.path, TOY_GRAPH);
    utimesSync(graph, new Date(0), new Date(0));
    await ignored(target);
    await writeTuned(store, target, await general());
    assert.equal((await readTuned(store, target)).type, 'there');
    writeFileSync(target.folder.tokenizer, '{"other": 1}');
    await ignored(target);
  });

  test('follows the content and not the times where a manifest tells the content', async (context) => {
    const { store: added } = await toyStore(context);
    const { folder } = await placeToy(added, 'mine');
    const identity = async () =>
      identityOf({ folder: await openModelFolder(folder), name: undefined, memory: undefined });
    const before = await identity();
    utimesSync(path.join(folder, TOY_GRAPH), new Date(0), new Date(0));
    assert.equal(await identity(), before);
    const manifest = path.join(folder, 'manifest.json');
    const { files, ...rest } = JSON.parse(readFileSync(manifest, 'utf8'));
    files[TOY_GRAPH].sha256 = '0'.repeat(64);
    writeFileSync(manifest, JSON.stringify({ ...rest, files }));
    assert.notEqual(await identity(), before);
  });

  test('is ignored in a sentence where it is broken', async () => {
    const target = await elsewhere('mine');
    const file = await writeTuned(store, target, await general());
    for (const text of [
      '',
      '{"format":"slipstream-pol',
      readFileSync(file, 'utf8').replace('[122,', '[121,'),
    ]) {
      writeFileSync(file, text);
      const read = await readTuned(store, target);
      assert.ok(read.type === 'ignored' && read.reason === 'broken');
      assert.match(read.message, /\.json cannot be used .* until the model is tuned again\.$/);
    }
    rmSync(file);
    mkdirSync(file);
    assert.equal((await readTuned(store, target)).type, 'ignored');
  });

  test('goes with its model when that is removed from the store', async (context) => {
    const { store: added } = await toyStore(context);
    const folder = await openModelFolder((await placeToy(added, 'mine')).folder);
    const target = { folder, name: undefined, memory: undefined };
    await writeTuned(added.folder, target, await general());
    const { log } = placesOfTuned(added.folder, target);
    writeFileSync(`${log}.part`, 'begun');
    await added.remove('mine');
    assert.deepEqual(readdirSync(path.join(added.folder, '.tuned')), []);
  });
});
