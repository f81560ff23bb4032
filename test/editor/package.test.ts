import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import JSZip from 'jszip';
import { repository } from './harness/paths.ts';
import { makeTemporary, removeTemporary } from './harness/temporary.ts';
import { ownTarget, packedExtension } from './harness/vsix.ts';

interface Manifest {
  readonly main: string;
  readonly icon?: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

// Another machine's package can be looked into here, and not run.
const target = process.env.SLIPSTREAM_TARGET || ownTarget;

describe(`the packed extension for ${target}`, () => {
  let vsix: string;
  let zip: JSZip;
  let files: string[];
  let root: string;

  before(async () => {
    vsix = await packedExtension(target);
    zip = await JSZip.loadAsync(await readFile(vsix));
    files = Object.values(zip.files)
      .filter((entry) => !entry.dir)
      .map((entry) => entry.name);
    root = await makeTemporary('vsix');
  });
  after(() => removeTemporary(root));

  test('is for that platform and brings no native file of another', async (context) => {
    context.diagnostic(
      `${path.basename(vsix)}: ${((await stat(vsix)).size / 1e6).toFixed(1)} MB, ${files.length} files`,
    );
    assert.match(await text('extension.vsixmanifest'), new RegExp(`TargetPlatform="${target}"`));
    const native = files.filter((name) => /\.(node|so|dylib|dll)(\.|$)/.test(name));
    const own = `/${target.replace('-', '/')}/`;
    assert.ok(native.length > 0);
    assert.deepEqual(
      native.filter((name) => !name.includes(own)),
      [],
    );
    assert.deepEqual(
      native.filter((name) => /cuda|tensorrt|webgpu|directml|dxcompiler|dxil/i.test(name)),
      [],
    );
  });

  test('lists the native library of that platform with size and hash, to be checked before it is loaded', async () => {
    const { files: listed } = JSON.parse(await text('extension/dist/installation.json')) as {
      files: Record<string, { bytes: number; sha256: string }>;
    };
    const native = files.filter((name) => /\.(node|so|dylib|dll)(\.|$)/.test(name));
    for (const name of native) {
      const content = await zip.file(name)!.async('nodebuffer');
      const sha256 = createHash('sha256').update(content).digest('hex');
      assert.deepEqual(listed[name.replace('extension/', '')], { bytes: content.length, sha256 }, name);
    }
  });

  test('brings the runtime and no other module, none of them for development', async () => {
    const modules = new Set(
      files.flatMap((name) => /^extension\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(name)?.[1] ?? []),
    );
    assert.deepEqual([...modules].sort(), ['onnxruntime-common', 'onnxruntime-node']);
    const development = (
      JSON.parse(await readFile(path.join(repository, 'package.json'), 'utf8')) as Manifest
    ).devDependencies;
    const shipped = JSON.parse(await text('extension/package.json')) as Partial<Manifest>;
    assert.equal(shipped.devDependencies, undefined);
    assert.deepEqual(
      [...modules].filter((name) => name in development),
      [],
    );
  });

  test('holds what package.json points to, the models and every licence, and no source or source map', async () => {
    const shipped = JSON.parse(await text('extension/package.json')) as Manifest;
    for (const name of [shipped.main, shipped.icon ?? shipped.main, 'dist/worker.js', 'dist/cli.js']) {
      assert.ok(files.includes(path.posix.join('extension', name)), `${name} is missing`);
    }
    assert.ok(files.some((name) => /^extension\/models\/.*\.onnx$/.test(name)));
    assert.ok(files.includes('extension/LICENSE.txt'));
    const notices = await text('extension/THIRD_PARTY_NOTICES.txt');
    for (const name of Object.keys(shipped.dependencies)) assert.ok(notices.includes(`\n${name} `), name);
    assert.match(notices, /\n@huggingface\/transformers .*Apache-2\.0/);
    assert.deepEqual(
      files.filter((name) =>
        /\.(map|ts|npz|tsbuildinfo)$|^extension\/(src|test|training|bench|scripts)\/(?!.*README\.md$)/.test(
          name,
        ),
      ),
      [],
    );
    for (const name of files.filter((file) => /^extension\/dist\/.*\.js$/.test(file))) {
      assert.doesNotMatch(await text(name), /sourceMappingURL=/, `${name} points to a source map`);
    }
  });

  test('leads from its README to files that are in it', async () => {
    const links = [...(await text('extension/readme.md')).matchAll(/\]\((?!https?:|#)([^)#]+)/g)];
    assert.ok(links.length > 5);
    const names = links.map(([, link]) => path.posix.join('extension', link!));
    assert.deepEqual(
      names.filter((name) => !files.includes(name)),
      [],
    );
  });

  test('has one time for all its files, so that the same sources make the same bytes', () => {
    const times = new Set(Object.values(zip.files).map(({ date }) => date.toISOString().slice(0, 10)));
    assert.deepEqual([...times], ['2020-01-01']);
  });

  test('names no place of the machine that packed it', async () => {
    for (const name of files.filter((file) => /\.(js|json|md|txt|vsixmanifest)$/.test(file))) {
      assert.ok(!(await text(name)).includes(repository), `${name} holds the path of the repository`);
    }
  });

  test('completes code from its own folder, with nothing else installed', {
    timeout: 60_000,
    skip: target !== ownTarget,
  }, async () => {
    for (const name of files) {
      const place = path.join(root, name);
      await mkdir(path.dirname(place), { recursive: true });
      await writeFile(place, (await zip.file(name)?.async('nodebuffer')) ?? '');
    }
    const source = path.join(root, 'sum.ts');
    await writeFile(source, 'export function sum(a: number, b: number): number {\n  return ');
    const cli = path.join(root, 'extension', 'dist', 'cli.js');
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [cli, 'complete', source, '--line', '2', '--column', '10', '--json'],
      { cwd: root, env: { ...process.env, NODE_PATH: '' } },
    );
    assert.notEqual((JSON.parse(stdout) as { text: string }).text.trim(), '');
  });

  async function text(name: string): Promise<string> {
    const file = zip.file(name);
    assert.ok(file, `${name} is missing`);
    return await file.async('string');
  }
});
