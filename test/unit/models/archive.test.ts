import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import * as tar from 'tar';
import { exportModel, importModel } from '../../../src/models/archive.ts';
import { ModelStore } from '../../../src/models/store.ts';
import { placeToy, refusal, TOY_GRAPH, toyModelFiles, toyStore, writeFiles } from './toyStore.ts';

/** A store with a model, its archive, and a store on another machine. */
async function stand(context: TestContext) {
  const { place, store } = await toyStore(context);
  const model = await placeToy(store, 'mine');
  const file = path.join(place, 'mine.tar');
  await exportModel(model, file);
  const other = new ModelStore(path.join(place, 'other'));
  const take = (from = file) =>
    importModel(other, from, 'taken', { signal: new AbortController().signal, bytes: 10_000 });
  return { place, model, file, other, take };
}

suite('an archive of a model', () => {
  test('is one file that has what the manifest lists, the manifest first, and no more', async (context) => {
    const { place, model, file } = await stand(context);
    writeFileSync(path.join(model.folder, 'notes.txt'), 'mine alone');
    await exportModel(model, file);
    const names: string[] = [];
    await tar.list({ file, onReadEntry: (entry) => names.push(entry.path) });
    const expected = ['manifest.json', ...[...Object.keys(toyModelFiles), 'origin.json'].sort()];
    assert.deepEqual(names, expected);
    assert.deepEqual(readdirSync(place).sort(), ['mine.tar', 'store']);
  });

  test('gives another machine the same model, whole', async (context) => {
    const { other, take } = await stand(context);
    const taken = await take();
    assert.equal(taken.problem, undefined);
    assert.equal(taken.origin?.from, 'mine.tar');
    assert.deepEqual(await other.verify('taken'), []);
    for (const [name, content] of Object.entries(toyModelFiles))
      assert.equal(readFileSync(path.join(taken.folder, name), 'utf8'), content);
  });

  test('is not made of a model that is damaged or has no manifest, and an earlier one stays', async (context) => {
    const { model, file } = await stand(context);
    const before = readFileSync(file);
    writeFileSync(path.join(model.folder, TOY_GRAPH), 'noise');
    await assert.rejects(exportModel(model, file), refusal('model-damaged', /model_q8\.onnx/));
    rmSync(path.join(model.folder, 'manifest.json'));
    await assert.rejects(exportModel(model, file), refusal('model-incomplete', /manifest\.json is missing/));
    assert.deepEqual(readFileSync(file), before);
  });

  test('that cannot be written is refused with the cause', async (context) => {
    const { place, model } = await stand(context);
    const nowhere = path.join(place, 'nowhere', 'mine.tar');
    await assert.rejects(exportModel(model, nowhere), refusal('store-unwritable', /folder is not there/));
    await assert.rejects(exportModel(model, model.folder), refusal('store-unwritable', /it is a folder/));
    assert.equal(existsSync(`${model.folder}.part`), false);
  });
});

suite('an archive that cannot be used', () => {
  /** An archive of files, as some other program may have written it. */
  async function packed(place: string, files: Record<string, string>, names = Object.keys(files)) {
    const cwd = await writeFiles(path.join(place, 'packing'), files);
    const file = path.join(place, 'packed.tar');
    await tar.create({ file, cwd, preservePaths: true }, names);
    return file;
  }

  test('since its copy was cut or is no archive is refused, and whole it is taken', async (context) => {
    const { place, file, other, take } = await stand(context);
    const content = readFileSync(file);
    for (const wrong of [
      content.subarray(0, 2000),
      Buffer.from('no archive '.repeat(100)),
      Buffer.alloc(0),
    ]) {
      const cut = path.join(place, 'cut.tar');
      writeFileSync(cut, wrong);
      await assert.rejects(take(cut), refusal('archive-broken', /cut\.tar cannot be used: .*models export/));
      assert.deepEqual(await other.list(), []);
    }
    await take();
    assert.deepEqual(await other.verify('taken'), []);
  });

  test('since a bit of it is wrong is refused by the name of the file', async (context) => {
    const { file, other, take } = await stand(context);
    const content = readFileSync(file);
    content[content.indexOf('noise') + 1]! ^= 1;
    writeFileSync(file, content);
    await assert.rejects(take(), refusal('archive-broken', /model_q8\.onnx in it is damaged/));
    assert.deepEqual(await other.list(), []);
  });

  test('since it has no manifest, or a broken one, is refused', async (context) => {
    const { place, take } = await stand(context);
    const without = await packed(place, toyModelFiles);
    await assert.rejects(take(without), refusal('archive-broken', /has no manifest/));
    const broken = await packed(place, { ...toyModelFiles, 'manifest.json': '{"format":"other"}' });
    await assert.rejects(take(broken), refusal('archive-broken', /manifest is broken/));
  });

  test('since it leads out of its folder is refused, and nothing is written there', async (context) => {
    const { place, take } = await stand(context);
    const files = { 'manifest.json': '{}', '../../escaped': 'out' };
    const file = await packed(path.join(place, 'a', 'b'), files);
    await assert.rejects(take(file), refusal('archive-broken'));
    assert.equal(existsSync(path.join(place, 'other', 'escaped')), false);
  });

  test('since a link stands for a file is refused: links are not unpacked', async (context) => {
    const { place, model, take } = await stand(context);
    const secret = path.join(place, 'secret');
    writeFileSync(secret, toyModelFiles[TOY_GRAPH]!);
    rmSync(path.join(model.folder, TOY_GRAPH));
    symlinkSync(secret, path.join(model.folder, TOY_GRAPH));
    const file = path.join(place, 'linked.tar');
    await tar.create({ file, cwd: model.folder }, readdirSync(model.folder));
    await assert.rejects(take(file), refusal('archive-broken', /model_q8\.onnx in it is damaged or missing/));
  });

  test('since it is not there is refused with the cause', async (context) => {
    const { place, take } = await stand(context);
    const nowhere = path.join(place, 'nowhere.tar');
    await assert.rejects(take(nowhere), refusal('archive-unreadable', /it is not there/));
    await assert.rejects(take(place), refusal('archive-unreadable', /it is a folder/));
  });

  test('leaves nothing to what is taken after it', async (context) => {
    const { place, take } = await stand(context);
    const other = await packed(place, { ...toyModelFiles, 'weights/draft_q8.safetensors': 'other' });
    await assert.rejects(take(other), refusal('archive-broken'));
    const { folder } = await take();
    assert.equal(existsSync(path.join(folder, 'weights')), false);
  });
});
