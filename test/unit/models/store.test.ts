import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { copyFolder, megabytes, requireSpace } from '../../../src/models/store.ts';
import { openModelFolder } from '../../../src/runtime/modelFolder.ts';
import { placeToy, refusal, TOY_GRAPH, toyModelFiles, toyStore, writeFiles } from './toyStore.ts';

const card = (value: object) => ({ ...toyModelFiles, 'slipstream.json': JSON.stringify(value) });

suite('the store of models', () => {
  test('that is not there yet has no models, and makes no folder to say so', async (context) => {
    const { store } = await toyStore(context);
    assert.deepEqual(await store.list(), []);
    await assert.rejects(store.find('any'), refusal('unknown-model', /«any».*none yet/));
    assert.equal(existsSync(store.folder), false);
  });

  test('lists models by name with what is known of them, and leaves out what is none', async (context) => {
    const { store } = await toyStore(context);
    await placeToy(store, 'zwei', card({ role: 'draft', description: 'A small one.' }));
    const added = await placeToy(store, 'eins');
    await writeFiles(store.folder, {
      'a file': '',
      '.work/half/config.json': '{}',
      'no name/config.json': '{}',
    });
    const list = await store.list();
    assert.deepEqual(
      list.map(({ name, role, description, problem }) => [name, role, description, problem]),
      [
        ['eins', 'target', '', undefined],
        ['zwei', 'draft', 'A small one.', undefined],
      ],
    );
    assert.deepEqual(list[0], added);
    assert.deepEqual(await store.find('eins'), added);
    assert.equal(added.folder, path.join(store.folder, 'eins'));
    assert.equal(added.origin?.from, 'somewhere');
    assert.ok(Date.now() - Date.parse(added.origin?.added ?? '') < 60_000);
    const names = [...Object.keys(toyModelFiles), 'origin.json'];
    const sizes = names.map((name) => readFileSync(path.join(added.folder, name)).length);
    assert.equal(
      added.bytes,
      sizes.reduce((a, b) => a + b),
    );
    await assert.rejects(store.find('drei'), refusal('unknown-model', /eins, zwei/));
  });

  test('says of a model why it cannot be used, and still of the others that they can', async (context) => {
    const { store } = await toyStore(context);
    await placeToy(store, 'good');
    await placeToy(store, 'bad');
    writeFileSync(path.join(store.folder, 'bad', 'manifest.json'), '{');
    const [bad, good] = await store.list();
    assert.match(bad!.problem ?? '', /manifest\.json.*\.$/s);
    assert.equal(good!.problem, undefined);
  });

  test('refuses names that are paths or mean something else, before anything is written', async (context) => {
    const { store } = await toyStore(context);
    for (const name of ['', '..', 'a/b', '.work', 'base', 'Tiny', 'AUTO', 'lock'])
      await assert.rejects(placeToy(store, name), refusal('model-name', /letters, digits/), name);
    assert.equal(existsSync(store.folder), false);
  });

  test('refuses a name that is taken, and leaves the model that has it', async (context) => {
    const { store } = await toyStore(context);
    await placeToy(store, 'mine');
    await assert.rejects(placeToy(store, 'mine'), refusal('model-exists', /models remove mine/));
    assert.deepEqual(await store.verify('mine'), []);
  });

  test('shows nothing of a model that is not whole, not usable or called off, and takes it later', async (context) => {
    const { store } = await toyStore(context);
    const { [TOY_GRAPH]: _, ...incomplete } = toyModelFiles;
    const away = new AbortController();
    const failures = [
      placeToy.bind(null, store, 'it', incomplete),
      placeToy.bind(null, store, 'it', toyModelFiles, {
        examine: () => Promise.reject(new Error('cannot run')),
      }),
      placeToy.bind(null, store, 'it', toyModelFiles, {
        signal: away.signal,
        fill: async () => {
          away.abort(new Error('away'));
          return new Map();
        },
      }),
    ];
    const why = [refusal('model-incomplete'), /cannot run/, /away/];
    for (const [i, failing] of failures.entries()) {
      await assert.rejects(failing(), why[i]!);
      assert.deepEqual(await store.list(), []);
      assert.deepEqual(readdirSync(store.folder), ['.work'], 'the lock is left');
    }
    await placeToy(store, 'it');
    assert.deepEqual(await store.verify('it'), []);
    assert.deepEqual(readdirSync(path.join(store.folder, '.work')), []);
  });

  test('gives the folder out for examination before it is seen, and what is filled again finds what was left', async (context) => {
    const { store } = await toyStore(context);
    const fill = async (folder: string) => {
      const left = existsSync(path.join(folder, 'left'));
      await writeFiles(folder, { ...toyModelFiles, left: '' });
      if (!left) throw new Error('cut');
      return new Map();
    };
    let seen: boolean | undefined;
    const examine = async (folder: string) => {
      seen = existsSync(path.join(folder, TOY_GRAPH)) && !existsSync(path.join(store.folder, 'it'));
    };
    await assert.rejects(placeToy(store, 'it', {}, { fill, examine }), /cut/);
    await placeToy(store, 'it', {}, { fill, examine });
    assert.equal(seen, true);
  });

  test('lets a model draft for others when that is wished, and its card is verified too', async (context) => {
    const { store } = await toyStore(context);
    const known = new Map([['slipstream.json', { bytes: 1, sha256: '0'.repeat(64), git: '' }]]);
    const fill = async (folder: string) => {
      await writeFiles(folder, card({ role: 'target' }));
      return known;
    };
    const model = await placeToy(store, 'small', {}, { draft: true, fill });
    assert.equal(model.role, 'draft');
    assert.deepEqual(await store.verify('small'), []);
  });

  test('keeps together the parts that a file lies in', async (context) => {
    const { store } = await toyStore(context);
    const { [TOY_GRAPH]: graph, ...texts } = toyModelFiles;
    const stored = (content: string) => {
      return { bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
    };
    const halves: [string, string] = [graph!.slice(0, 999), graph!.slice(999)];
    const parts = halves.map((half, i) => ({ path: `${TOY_GRAPH}.part0${i}`, ...stored(half) }));
    const files = { [TOY_GRAPH]: { ...stored(graph!), parts } };
    const manifest = JSON.stringify({ format: 'slipstream-manifest', version: 1, files });
    const written = Object.fromEntries(parts.map((part, i) => [part.path, halves[i]!]));
    const model = await placeToy(store, 'parted', { ...texts, ...written, 'manifest.json': manifest });
    assert.equal(model.problem, undefined);
    const { graphPlaces } = await openModelFolder(model.folder);
    assert.equal(graphPlaces.map((file) => readFileSync(file, 'utf8')).join(''), graph);
    writeFileSync(graphPlaces[1]!, 'other');
    assert.deepEqual(
      (await store.verify('parted')).map(({ file }) => file),
      [graphPlaces[1]],
    );
  });
});

suite('the upkeep of the store', () => {
  test('finds each file that is changed or missing', async (context) => {
    const { store } = await toyStore(context);
    const { folder } = await placeToy(store, 'mine');
    writeFileSync(path.join(folder, TOY_GRAPH), toyModelFiles[TOY_GRAPH]!.replace('noise', 'voice'));
    writeFileSync(path.join(folder, 'tokenizer.json'), '{"longer":1}');
    const damages = await store.verify('mine');
    assert.deepEqual(damages.map(({ file }) => path.relative(folder, file)).sort(), [
      path.normalize(TOY_GRAPH),
      'tokenizer.json',
    ]);
    assert.ok(damages.every(({ reason }) => reason === 'model-damaged'));
    await assert.rejects(store.verify('yours'), refusal('unknown-model'));
  });

  test('removes a model, and what is left of one that was not finished', async (context) => {
    const { store } = await toyStore(context);
    await placeToy(store, 'mine');
    await placeToy(store, 'other');
    await assert.rejects(placeToy(store, 'half', { 'config.json': '{}' }));
    await store.remove('mine');
    await store.remove('half');
    assert.deepEqual(readdirSync(store.folder).sort(), ['.work', 'other']);
    assert.deepEqual(readdirSync(path.join(store.folder, '.work')), []);
    for (const name of ['mine', 'half']) await assert.rejects(store.remove(name), refusal('unknown-model'));
  });

  test('removes nothing that lies outside, whatever the name', async (context) => {
    const { place, store } = await toyStore(context);
    await placeToy(store, 'mine');
    await writeFiles(place, { 'precious/file': 'kept' });
    for (const name of ['../../precious', '../mine', '..', '.', '', '.work', path.join(place, 'precious')])
      await assert.rejects(store.remove(name), refusal('unknown-model'), name);
    assert.equal(readFileSync(path.join(place, 'precious/file'), 'utf8'), 'kept');
    assert.equal((await store.list()).length, 1);
  });

  test('removes nothing while another adds', async (context) => {
    const { store } = await toyStore(context);
    await placeToy(store, 'mine');
    const examine = () => assert.rejects(store.remove('mine'), refusal('store-busy'));
    await placeToy(store, 'second', toyModelFiles, { examine });
    assert.equal((await store.list()).length, 2);
  });

  test('wants room on the disk, for the model and some beside it', async (context) => {
    const { place, store } = await toyStore(context);
    const fill = () => assert.fail('filled a disk that is full');
    const placing = placeToy(store, 'huge', {}, { bytes: 2 ** 60, fill });
    await assert.rejects(placing, refusal('disk-full', /1152921504607 MB.*SLIPSTREAM_MODELS/));
    await requireSpace(place, 0);
    assert.deepEqual([megabytes(0), megabytes(1), megabytes(1e6), megabytes(1e6 + 1)], [0, 1, 1, 2]);
  });

  test('says in words why a folder cannot be copied', async (context) => {
    const { place } = await toyStore(context);
    await writeFiles(place, { file: '' });
    const copying = copyFolder(path.join(place, 'nowhere'), path.join(place, 'file', 'there'));
    await assert.rejects(copying, refusal('store-unwritable', /cannot be written/));
  });
});
