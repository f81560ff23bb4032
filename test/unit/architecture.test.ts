import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { root } from '../toy/bundled.ts';

/** Arrows between the folders of the source point one way (docs/architecture.md). */

const source = path.join(root, 'src');

/** What a module names in its imports, those of types and those at run time included. */
function importsOf(text: string): string[] {
  const code = text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '');
  const pattern = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(['"])([^'"]+)\1/g;
  return [...code.matchAll(pattern)].map((match) => match[2]!);
}

/** Every import of a folder's modules: the module, and what it imports, a path from `src` or the name of a package. */
function arrowsFrom(folder: string): { module: string; to: string }[] {
  const files = readdirSync(path.join(source, folder), { recursive: true, encoding: 'utf8' });
  const modules = files.filter((file) => file.endsWith('.ts')).map((file) => path.join(folder, file));
  assert.ok(modules.length > 3, `${folder} has modules`);
  return modules.flatMap((module) =>
    importsOf(readFileSync(path.join(source, module), 'utf8')).map((name) => ({
      module,
      to: name.startsWith('.') ? path.join(path.dirname(module), name) : name,
    })),
  );
}

/** Imports of a folder that lead elsewhere than into the folders named. */
const strays = (folder: string, allowed: readonly string[]) =>
  arrowsFrom(folder)
    .filter(({ to }) => !allowed.some((each) => to.startsWith(`${each}${path.sep}`)))
    .map(({ module, to }) => `${module} imports ${to}`);

describe('arrows between folders', () => {
  test('selection knows arms, contexts, rewards and costs: it imports nothing from elsewhere, not even a package', () => {
    assert.deepEqual(strays('selection', ['selection']), []);
  });

  test('engine knows no process, no file, no model runtime and no editor', () => {
    assert.deepEqual(strays('engine', ['engine', 'selection']), []);
  });

  test('only the editor’s folder and the entry point know VS Code', () => {
    const others = readdirSync(source, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'editor')
      .map(({ name }) => name);
    assert.ok(others.length >= 6);
    const wrong = others.flatMap(arrowsFrom).filter(({ to }) => to === 'vscode' || to.startsWith('editor/'));
    assert.deepEqual(wrong, []);
  });

  test('the example of selection elsewhere uses selection alone', () => {
    const folder = path.join(root, 'examples/image-classifiers');
    const names = readdirSync(folder)
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => importsOf(readFileSync(path.join(folder, file), 'utf8')));
    assert.ok(names.some((name) => name.startsWith('../../src/selection/')));
    const wrong = names.filter((name) => name.startsWith('..') && !name.startsWith('../../src/selection/'));
    assert.deepEqual(wrong, []);
  });

  test('imports of every form are seen', () => {
    const text = `import a from './a.ts';
import type { B } from "../b.ts";
import './c.ts';
export { d } from './d.ts';
const e = await import('./e.ts');
const f = require('./f.ts');
// import g from './g.ts';
import {
  h,
} from 'h';`;
    assert.deepEqual(importsOf(text), ['./a.ts', '../b.ts', './c.ts', './d.ts', './e.ts', './f.ts', 'h']);
  });
});
