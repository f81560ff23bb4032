import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { suite, test } from 'node:test';
import { MODEL_NAME, modelPlace, storeFolder } from '../../../src/models/places.ts';
import { toyStore } from './toyStore.ts';

suite('the folder of added models', () => {
  const below = (...parts: string[]) => path.join(os.homedir(), ...parts, 'slipstream', 'models');

  test('is where each system keeps such data', () => {
    assert.equal(storeFolder({}, 'linux'), below('.local', 'share'));
    assert.equal(storeFolder({}, 'darwin'), below('Library', 'Application Support'));
    assert.equal(storeFolder({}, 'win32'), below('AppData', 'Local'));
  });

  test('follows what the environment of its system says, an absolute path alone', () => {
    const data = path.resolve('/data');
    const chosen = path.join(data, 'slipstream', 'models');
    assert.equal(storeFolder({ XDG_DATA_HOME: data }, 'linux'), chosen);
    assert.equal(storeFolder({ XDG_DATA_HOME: 'data' }, 'linux'), below('.local', 'share'));
    assert.equal(storeFolder({ XDG_DATA_HOME: '' }, 'linux'), below('.local', 'share'));
    assert.equal(storeFolder({ LOCALAPPDATA: data }, 'win32'), chosen);
    assert.equal(storeFolder({ XDG_DATA_HOME: data }, 'darwin'), below('Library', 'Application Support'));
  });

  test('is the one that SLIPSTREAM_MODELS names on every system, as an absolute path', () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      const env = { SLIPSTREAM_MODELS: 'mine', XDG_DATA_HOME: '/data', LOCALAPPDATA: '/data' };
      assert.equal(storeFolder(env, platform), path.resolve('mine'));
    }
  });
});

suite('the name of a model', () => {
  test('may be a folder on every system, and no path', () => {
    for (const name of ['a', '7b', 'Qwen2.5-Coder_1.5B', 'x'.repeat(100)]) assert.match(name, MODEL_NAME);
    for (const name of [
      '',
      '.',
      '..',
      '.work',
      '-x',
      'a/b',
      'a\\b',
      'c:',
      'a b',
      'ä',
      'a\n',
      'x'.repeat(101),
    ])
      assert.doesNotMatch(name, MODEL_NAME);
  });

  test('finds the added model; a path that is there comes before it, and what is nowhere stays a path', async (context) => {
    const { place, store } = await toyStore(context);
    mkdirSync(path.join(store.folder, 'added'), { recursive: true });
    mkdirSync(path.join(store.folder, 'src'));
    const found = (model: string) => modelPlace(model, store.folder);
    assert.equal(found('added'), path.join(store.folder, 'added'));
    assert.equal(found('src'), path.resolve('src'), 'a folder here has the name of a model');
    assert.equal(found('nowhere'), path.resolve('nowhere'));
    assert.equal(found(place), place);
    assert.equal(found('../store'), path.resolve('../store'), 'a path is not looked for in the store');
  });
});
