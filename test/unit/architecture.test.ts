import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import {
  arrowsOf,
  importsOf,
  modulesOf,
  openingOf,
  pythonImports,
  readRooms,
  roomOf,
  roomsList,
  strays,
} from '../../scripts/rooms.ts';
import { sectionOf } from '../../scripts/section.ts';
import { root } from '../toy/bundled.ts';

/** The table of rooms (docs/rooms.json) holds, and the document of the architecture is true. */

const rooms = readRooms(root);
const modules = modulesOf(root);
const document = readFileSync(path.join(root, 'docs/architecture.md'), 'utf8');

describe('arrows between rooms', () => {
  test('no module imports what its room may not', () => {
    const arrows = arrowsOf(root, modules);
    assert.ok(arrows.length > 1000, 'imports are found');
    assert.deepEqual(strays(rooms, arrows), []);
  });

  test('an import that the table does not allow is found, of every kind', () => {
    const broken = [
      // Up from the engine, sideways between drafts, through a room's back door, out of the product.
      ['src/engine/decoder.ts', 'src/inference/jobs.ts'],
      ['src/engine/drafts/copying/suffix.ts', 'src/engine/policy/policy.ts'],
      ['src/engine/drafts/ngram/ngram.ts', 'src/engine/drafts/copying/suffix.ts'],
      ['src/engine/policy/trained.ts', 'src/engine/decoder.ts'],
      ['src/editor/preview/taskRun.ts', 'src/editor/commands/runTask.ts'],
      ['src/editor/completion/provider.ts', 'src/worker/process.ts'],
      ['src/editor/openFiles/openFiles.ts', 'src/editor/completion/skip.ts'],
      ['src/selection/hedge.ts', 'src/measure/statistics.ts'],
      ['src/cli/main.ts', 'research/main.ts'],
      ['src/learning/train.ts', 'research/rivals/bandit.ts'],
      ['src/worker/models.ts', 'src/runtime/measureCosts.ts'],
      ['bench/trees/walk.ts', 'bench/large.ts'],
      ['training/ngram/answers.ts', 'src/cli/main.ts'],
      ['training/corpus/rows.py', 'training/model/train.py'],
      ['training/export/folder.py', 'training/fill/tune.py'],
      ['test/toy/markov.ts', 'src/editor/activate.ts'],
      ['examples/image-classifiers/run.ts', 'src/engine/decoder.ts'],
    ].map(([from, to]) => ({ from: from!, to: to! }));
    assert.deepEqual(
      strays(rooms, broken).map((sentence) => sentence.split(', ')[0]),
      broken.map(({ from, to }) => `${from} imports ${to}`),
    );
  });

  test('a package that the table does not name is found', () => {
    const broken = [
      { from: 'src/worker/main.ts', to: 'vscode' },
      { from: 'src/engine/decoder.ts', to: 'node:fs' },
      { from: 'src/inference/jobs.ts', to: 'onnxruntime-node' },
    ];
    assert.equal(strays(rooms, broken).length, broken.length);
    assert.deepEqual(
      strays(rooms, [{ from: 'src/runtime/onnx.ts', to: 'onnxruntime-node/package.json' }]),
      [],
    );
  });

  test('every module lives in a room, every folder of the source is one, and every room is there', () => {
    assert.deepEqual(
      modules.filter((module) => !roomOf(rooms, module)),
      [],
    );
    const folders = new Set(modules.map((module) => path.posix.dirname(module)));
    const named = new Set(rooms.map((room) => room.path));
    const own = (wing: string) => [...folders].filter((folder) => folder.startsWith(wing));
    assert.deepEqual(
      [...own('src'), ...own('bench'), ...own('research'), ...own('training')].filter(
        (each) => !named.has(each),
      ),
      [],
    );
    assert.deepEqual(
      [...named].filter((each) => !existsSync(path.join(root, each))),
      [],
    );
    const targets = rooms.flatMap(({ imports }) => imports.map((each) => each.replace(/\/\*\*$/, '')));
    assert.deepEqual(
      targets.filter((each) => !existsSync(path.join(root, each))),
      [],
    );
  });

  test('the main file of every folder of the source opens with a line that says what the folder holds', () => {
    const ours = rooms.filter((room) => `${room.path}/`.startsWith('src/'));
    const silent = ours.filter((room) => {
      const file = path.join(root, room.path, room.main ?? '');
      return !room.main || !readFileSync(file, 'utf8').startsWith(`${openingOf(room)}\n`);
    });
    assert.ok(ours.length > 30);
    assert.deepEqual(
      silent.map((room) => room.path),
      [],
      'run `npm run rooms`',
    );
  });

  test('no two rooms of the source below different roofs import each other', () => {
    const roof = (folder: string) => folder.split('/').slice(0, 2).join('/');
    const arrows = rooms
      .filter((room) => room.path.startsWith('src/'))
      .flatMap(({ path: from, imports }) => imports.map((to) => [roof(from), roof(to)] as const))
      .filter(([from, to]) => from !== to);
    const back = arrows.filter(([from, to]) => arrows.some(([a, b]) => a === to && b === from));
    assert.deepEqual(back, []);
  });

  test('imports of every form are seen', () => {
    const text = [
      "import a from './a.ts';",
      'import type { B } from "../b.ts";',
      "import './c.ts';",
      "export { d } from './d.ts';",
      "const e = await import('./e.ts');",
      "const f = require('./f.ts');",
      "// import g from './g.ts';",
      'import {\n  h,\n} from "h";',
      "export * from './i.ts';",
      "const text = 'words from elsewhere';",
    ].join('\n');
    assert.deepEqual(importsOf(text).sort(), [
      '../b.ts',
      './a.ts',
      './c.ts',
      './d.ts',
      './e.ts',
      './f.ts',
      './i.ts',
      'h',
    ]);
    const python =
      'import os, numpy as np\nfrom model import load, data as d\n    from a.b import (\n    import csv\n';
    assert.deepEqual(pythonImports(python).sort(), [
      'a.b',
      'a.b.',
      'csv',
      'model',
      'model.data',
      'model.load',
      'numpy',
      'os',
    ]);
  });
});

describe('the document of the architecture', () => {
  test('shows the table of rooms as it is', () => {
    assert.equal(sectionOf(document, 'rooms'), roomsList(rooms), 'run `npm run rooms`');
  });

  test('names files and folders that are there', () => {
    const named = [...document.matchAll(/`([\w./-]+(?:\.\w+|\/))`|\]\(([\w./-]+)\)/g)];
    const missing = named
      .map(([, name, link]) => (link ? path.join('docs', link) : name!))
      .filter((name) => /[/]|\.(ts|md|py)$/.test(name))
      // What the build writes is not there in a fresh checkout.
      .filter((name) => !name.startsWith('dist/'))
      .filter((name) => ![root, path.join(root, 'src')].some((folder) => existsSync(path.join(folder, name))))
      .filter((name) => !modules.some((module) => module.endsWith(`/${name}`)));
    assert.ok(named.length > 40);
    assert.deepEqual(missing, []);
  });
});

describe('the tests', () => {
  test('lie in the folders of what they test', () => {
    const folders = new Set(
      modules
        .filter((module) => module.startsWith('test/unit/'))
        .map((module) => path.posix.relative('test/unit', path.posix.dirname(module))),
    );
    const astray = [...folders].filter(
      (folder) => !['src', '.'].some((wing) => existsSync(path.join(root, wing, folder))),
    );
    assert.deepEqual(astray, []);
  });
});
