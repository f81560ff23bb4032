import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { type TestContext, test } from 'node:test';

const folder = path.join(import.meta.dirname, '..', '..', 'training');
/** Debian's Python has Debian's packages, even where another one comes first in PATH. */
const pythons = [process.env.PYTHON, 'python3', '/usr/bin/python3'].filter((name) => name !== undefined);
const modules = 'torch, onnx, regex, numpy';

const python = pythons.find((name) => spawnSync(name, ['-c', `import ${modules}`]).status === 0);

/** The pipeline's own tests need Python packages; continuous integration must have them. */
function skipWithoutPython(context: TestContext): boolean {
  if (python) return false;
  const missing =
    `no Python with ${modules} found: install them (Debian and Ubuntu: \`apt-get install -y python3-torch ` +
    'python3-onnx python3-regex python3-numpy libopenblas0-pthread g++`), or set PYTHON to one that has them';
  if (process.env.CI) throw new Error(missing);
  context.skip(missing);
  return true;
}

function run(...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(python!, args, { cwd: folder, encoding: 'utf8' });
  assert.equal(status, 0, `${error ?? ''}${stdout.slice(-2000)}${stderr.slice(-4000)}`);
  return stdout + stderr;
}

test('the parts of the training pipeline pass their own tests', (context) => {
  if (skipWithoutPython(context)) return;
  const [, count = '0'] = /Ran (\d+) tests/.exec(run('-m', 'unittest')) ?? [];
  assert.ok(Number(count) >= 30, `${count} tests ran`);
});

test('the smoke recipe goes from sources to an exported, evaluated model', (context) => {
  if (skipWithoutPython(context)) return;
  run('smoke.py');
});
