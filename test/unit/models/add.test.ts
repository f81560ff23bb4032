import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { type AddOptions, addModel, sourceOf } from '../../../src/models/add.ts';
import { exportModel } from '../../../src/models/archive.ts';
import { openModelFolder } from '../../../src/runtime/modelFolder.ts';
import { ggufBytes, toyGguf } from '../../toy/gguf.ts';
import { openToyHub } from '../../toy/hub.ts';
import { placeToy, refusal, TOY_GRAPH, toyModelFiles, toyStore, writeFiles } from './toyStore.ts';

const OTHER_GRAPH = 'onnx/model_q4.onnx';
const { [TOY_GRAPH]: _, ...texts } = toyModelFiles;
const otherFiles = { ...texts, [OTHER_GRAPH]: 'other' };

async function stand(context: TestContext) {
  const { place, store } = await toyStore(context);
  const add = (source: string, changes: Partial<AddOptions> = {}) =>
    addModel(store, source, {
      fetch: () => assert.fail('asked the network'),
      signal: new AbortController().signal,
      env: {},
      ...changes,
    });
  return { place, store, add };
}

async function writeGguf(place: string, name: string): Promise<string> {
  const { facts, tensors } = toyGguf(1, { architecture: 'llama', kind: 'Q8_0', tied: true });
  const file = path.join(place, name);
  writeFileSync(file, ggufBytes(facts, tensors));
  return file;
}

suite('what is to be added', () => {
  test('is what is there, else a repository', async (context) => {
    const { place } = await stand(context);
    const there = (name: string) => path.join(place, name);
    await writeFiles(place, { 'a.gguf': '', 'weights.bin': '', 'a.TAR': '', 'folder.tar/x': '' });
    assert.deepEqual(sourceOf(there('a.gguf')), { kind: 'gguf', path: there('a.gguf') });
    assert.equal(sourceOf(there('weights.bin')).kind, 'gguf');
    assert.equal(sourceOf(there('a.TAR')).kind, 'archive');
    assert.equal(sourceOf(there('folder.tar')).kind, 'folder');
    assert.deepEqual(sourceOf('owner/name@main', {}), { kind: 'hub', text: 'owner/name@main' });
  });

  test('and neither is refused, a file that is not there too', () => {
    for (const text of ['owner/model.gguf', 'owner/model.TAR', './nowhere/at/all', 'nothing'])
      assert.throws(() => sourceOf(text, {}), refusal('unknown-source', /OWNER\/NAME/), text);
  });
});

suite('a model folder', () => {
  test('is copied under its own name in the signs that names may have, without what git keeps', async (context) => {
    const { place, store, add } = await stand(context);
    const from = await writeFiles(path.join(place, '-my model (1)'), {
      ...toyModelFiles,
      '.git/config': '',
      '.gitattributes': '',
      'docs/README.md': 'kept',
    });
    const told: unknown[] = [];
    const model = await add(from, { onProgress: (...progress) => told.push(progress) });
    assert.equal(model.name, 'my-model-1-');
    assert.deepEqual(model.origin?.kind, 'folder');
    assert.equal(existsSync(path.join(model.folder, '.git')), false);
    assert.equal(existsSync(path.join(model.folder, '.gitattributes')), false);
    assert.equal(readFileSync(path.join(model.folder, 'docs/README.md'), 'utf8'), 'kept');
    assert.deepEqual(await store.verify(model.name), []);
    const bytes = Object.values(toyModelFiles).join('').length + 'kept'.length;
    assert.deepEqual(told, [['copying', bytes, bytes]]);
  });

  test('takes the name that is given, and drafts if it is to', async (context) => {
    const { place, add } = await stand(context);
    const from = await writeFiles(path.join(place, 'from'), toyModelFiles);
    const { name, role } = await add(from, { name: 'small', draft: true });
    assert.deepEqual([name, role], ['small', 'draft']);
  });

  test('that is none, or not what its manifest says, is refused before anything is copied', async (context) => {
    const { place, store, add } = await stand(context);
    const empty = await writeFiles(path.join(place, 'empty'), { README: '' });
    await assert.rejects(add(empty), refusal('model-incomplete', /config\.json/));
    const { folder } = await placeToy(store, 'mine');
    writeFileSync(path.join(folder, TOY_GRAPH), 'cut');
    await assert.rejects(
      add(folder, { name: 'copy' }),
      refusal('model-damaged', /model_q8\.onnx is damaged/),
    );
    assert.equal(existsSync(path.join(store.folder, '.work', 'copy')), false);
  });

  test('of the hub’s cache is added with what its links name; links elsewhere are not followed', async (context) => {
    const { place, store, add } = await stand(context);
    const cache = path.join(place, 'models--someone--toy');
    const from = path.join(cache, 'snapshots', 'abc');
    await writeFiles(path.join(cache, 'blobs'), { graph: toyModelFiles[TOY_GRAPH]! });
    await writeFiles(from, { ...texts, 'onnx/README': '', 'extra/README': '', '../../../secret': 'secret' });
    symlinkSync(path.join('..', '..', '..', 'blobs', 'graph'), path.join(from, TOY_GRAPH));
    symlinkSync(path.join(place, 'secret'), path.join(from, 'extra', 'link'));
    const model = await add(from, { name: 'cached' });
    rmSync(cache, { recursive: true });
    assert.equal(readFileSync(path.join(model.folder, TOY_GRAPH), 'utf8'), toyModelFiles[TOY_GRAPH]);
    assert.equal(existsSync(path.join(model.folder, 'extra', 'link')), false);
    assert.deepEqual(await store.verify('cached'), []);
  });

  test('is not mixed with what another left that could not be used', async (context) => {
    const { place, add } = await stand(context);
    const bad = await writeFiles(path.join(place, 'bad'), toyModelFiles);
    const examine = () => Promise.reject(new Error('cannot run'));
    await assert.rejects(add(bad, { name: 'it', examine }), /cannot run/);
    const good = await writeFiles(path.join(place, 'good'), otherFiles);
    const { graph } = await openModelFolder((await add(good, { name: 'it' })).folder);
    assert.equal(path.basename(graph), path.basename(OTHER_GRAPH));
  });
});

suite('a GGUF file', () => {
  test('becomes a folder that can be opened, named as the file, with as many positions as asked for', async (context) => {
    const { place, store, add } = await stand(context);
    const file = await writeGguf(place, 'toy.Q8_0.GGUF');
    const told: [string, number, number][] = [];
    const model = await add(file, { context: 64, onProgress: (...progress) => told.push(progress) });
    assert.equal(model.name, 'toy.Q8_0');
    assert.equal(model.origin?.from, 'toy.Q8_0.GGUF');
    assert.match(model.description, /Toy llama/);
    assert.equal((await openModelFolder(model.folder)).config.max_position_embeddings, 64);
    assert.deepEqual(await store.verify(model.name), []);
    const [part, done, total] = told.at(-1)!;
    assert.deepEqual([part, done], ['converting', total]);
  });

  test('is not mixed with what another left that could not be used', async (context) => {
    const { place, add } = await stand(context);
    const bad = await writeFiles(path.join(place, 'bad'), {
      ...texts,
      'weights/draft_q8.safetensors': 'other',
    });
    const examine = () => Promise.reject(new Error('cannot run'));
    await assert.rejects(add(bad, { name: 'it', examine }), /cannot run/);
    const { folder } = await add(await writeGguf(place, 'toy.gguf'), { name: 'it' });
    assert.equal((await openModelFolder(folder)).graph.endsWith('.onnx'), true);
  });

  test('that is none is refused, and nothing is left of it', async (context) => {
    const { place, store, add } = await stand(context);
    await writeFiles(place, { 'README.md': 'no model', 'cut.gguf': 'GGUF' });
    for (const name of ['README.md', 'cut.gguf'])
      await assert.rejects(add(path.join(place, name)), refusal('model-broken'), name);
    assert.equal(existsSync(store.folder), false);
  });

  test('is called off with the reason that was given', async (context) => {
    const { place, store, add } = await stand(context);
    const away = new AbortController();
    const onProgress = () => away.abort(new Error('away'));
    const file = await writeGguf(place, 'toy.gguf');
    await assert.rejects(add(file, { signal: away.signal, onProgress }), /away/);
    assert.deepEqual(await store.list(), []);
  });
});

suite('what else is added', () => {
  test('from an archive may draft as well, and is examined', async (context) => {
    const { place, store, add } = await stand(context);
    const file = path.join(place, 'small.tar');
    await exportModel(await placeToy(store, 'mine'), file);
    const examine = () => Promise.reject(new Error('cannot run'));
    await assert.rejects(add(file, { examine }), /cannot run/);
    const { name, role } = await add(file, { draft: true });
    assert.deepEqual([name, role], ['small', 'draft']);
  });

  test('of a repository is the graph that is named, not another that was loaded before', async (context) => {
    const { add } = await stand(context);
    const files = Object.entries({ ...toyModelFiles, ...otherFiles });
    const hub = await openToyHub(
      Object.fromEntries(files.map(([name, content]) => [name, Buffer.from(content)])),
    );
    context.after(() => hub.close());
    const options = { fetch, env: { HF_ENDPOINT: hub.endpoint } };
    const examine = () => Promise.reject(new Error('cannot run'));
    await assert.rejects(add('someone/model', { ...options, examine }), /cannot run/);
    const { folder } = await add('someone/model', { ...options, file: 'q4' });
    assert.equal((await openModelFolder(folder)).graph.endsWith('model_q4.onnx'), true);
    assert.equal(existsSync(path.join(folder, TOY_GRAPH)), false);
  });
});
