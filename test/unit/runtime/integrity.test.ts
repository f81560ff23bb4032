import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
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
import { after, before, describe, test } from 'node:test';
import { openCheckedFiles } from '../../../src/inference/checkedFiles.ts';
import { CausalModel } from '../../../src/runtime/causalModel.ts';
import { type CheckedFiles, damagesOf, requireIntact } from '../../../src/runtime/integrity.ts';
import { readManifest } from '../../../src/runtime/manifest.ts';
import { openModelFolder } from '../../../src/runtime/modelFolder.ts';
import { weightFiles } from '../../../src/runtime/weights.ts';
import { root } from '../../toy/bundled.ts';

const script = path.join(root, 'scripts/manifests.mjs');
const small = path.join(root, 'test/fixtures/models/gqa');

let top: string;
before(() => {
  top = mkdtempSync(path.join(os.tmpdir(), 'slipstream-integrity-'));
});
after(() => rmSync(top, { recursive: true }));

const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');

/** A folder with two files and the manifest of them. */
function folderOf(name: string): string {
  const folder = path.join(top, name);
  mkdirSync(path.join(folder, 'onnx'), { recursive: true });
  writeFileSync(path.join(folder, 'onnx', 'model_q8.onnx'), 'weights');
  writeFileSync(path.join(folder, 'config.json'), '{}');
  const files = {
    'config.json': { bytes: 2, sha256: sha256('{}') },
    'onnx/model_q8.onnx': { bytes: 7, sha256: sha256('weights') },
  };
  writeFileSync(
    path.join(folder, 'manifest.json'),
    JSON.stringify({ format: 'slipstream-manifest', version: 1, files }),
  );
  return folder;
}

/** A memory that counts how often it was asked to remember. */
async function memoryIn(name: string): Promise<CheckedFiles & { remembered: number }> {
  const memory = await openCheckedFiles(path.join(top, name), () => undefined);
  const counting = {
    remembered: 0,
    knows: memory.knows,
    remember(found: Parameters<CheckedFiles['remember']>[0]) {
      counting.remembered += found.size;
      return memory.remember(found);
    },
  };
  return counting;
}

describe('damaged model', () => {
  test('what is as its manifest says is taken, and so is a folder of the hub, which has none', async () => {
    await requireIntact(folderOf('right'));
    assert.deepEqual(await damagesOf(small), []);
  });

  test('another content, another size and a missing file are named each', async () => {
    const folder = folderOf('wrong');
    const weights = path.join(folder, 'onnx', 'model_q8.onnx');
    writeFileSync(weights, 'Weights');
    const [content] = await damagesOf(folder);
    assert.equal(content?.reason, 'model-damaged');
    assert.ok(content.message.startsWith(`${weights} is damaged: its content is not`), content.message);
    assert.match(content.message, /Install the extension again, or copy the whole folder again\./);
    appendFileSync(weights, '!');
    await assert.rejects(requireIntact(folder), {
      reason: 'model-damaged',
      message: /has 8 bytes instead of 7/,
    });
    rmSync(weights);
    await assert.rejects(requireIntact(folder), {
      reason: 'model-incomplete',
      message: /model_q8\.onnx is missing/,
    });
    await requireIntact(folder, { only: (name) => name === 'config.json' });
  });

  test('content is read once, and again when the file looks otherwise', async () => {
    const folder = folderOf('remembered');
    const weights = path.join(folder, 'onnx', 'model_q8.onnx');
    const first = await memoryIn('storage');
    await requireIntact(folder, { checked: first });
    await requireIntact(folder, { checked: first });
    assert.equal(first.remembered, 2);
    const next = await memoryIn('storage');
    await requireIntact(folder, { checked: next });
    assert.equal(next.remembered, 0, 'the next start knows them');
    // The size is the same and the time is set back: the time of the entry cannot be.
    const times = { at: new Date(1_700_000_000_000) };
    writeFileSync(weights, 'Weights');
    utimesSync(weights, times.at, times.at);
    await assert.rejects(requireIntact(folder, { checked: next }), { reason: 'model-damaged' });
    await assert.rejects(requireIntact(folder, { checked: await memoryIn('storage') }), {
      reason: 'model-damaged',
    });
  });

  test('a memory that is damaged or cannot be written means to read again', async () => {
    const folder = folderOf('forgotten');
    mkdirSync(path.join(top, 'odd'));
    writeFileSync(path.join(top, 'odd', 'checked.json'), '{"version":1,"files":{"a":1}}');
    await requireIntact(folder, { checked: await memoryIn('odd') });
    writeFileSync(path.join(top, 'file'), '');
    const lines: string[] = [];
    const memory = await openCheckedFiles(path.join(top, 'file', 'below'), (line) => lines.push(line));
    await requireIntact(folder, { checked: memory });
    assert.match(lines.join(), /could not be kept/);
  });

  test('a manifest that leads out of its folder or makes no sense is refused', async () => {
    for (const files of [
      { '../secret': { bytes: 1, sha256: sha256('') } },
      { '/etc/passwd': { bytes: 1, sha256: sha256('') } },
      { a: { bytes: 1, sha256: 'x' } },
    ]) {
      const folder = folderOf('strange');
      writeFileSync(
        path.join(folder, 'manifest.json'),
        JSON.stringify({ format: 'slipstream-manifest', version: 1, files }),
      );
      await assert.rejects(requireIntact(folder), {
        reason: 'model-broken',
        message: /manifest\.json cannot be used/,
      });
    }
  });

  test('the manifests of the bundled models are those of their files', () => {
    const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
    assert.deepEqual([status, stderr], [0, '']);
  });
});

describe('weights in parts', () => {
  /** The small model, its weights in parts of so many KiB. */
  function inParts(name: string): string {
    const folder = path.join(top, name);
    cpSync(small, folder, { recursive: true });
    const mib = 40 / 1024;
    const { status, stderr } = spawnSync(process.execPath, [script, '--split', `${mib}`, folder], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    return folder;
  }

  test('load as the whole does', async () => {
    const folder = inParts('parts');
    const parts = readdirSync(path.join(folder, 'onnx'));
    assert.ok(
      parts.length > 2 && parts.every((name) => /^model_q8\.onnx\.part\d\d$/.test(name)),
      parts.join(),
    );
    await requireIntact(folder);
    const opened = await openModelFolder(folder);
    assert.equal(opened.graphPlaces.length, parts.length);
    assert.equal(weightFiles(opened.graph).length, parts.length);
    const whole = await openModelFolder(small);
    const scores = await Promise.all(
      [opened, whole].map(async (each) => {
        const model = await CausalModel.load(each, { threads: 1, rowMultiple: 2 });
        const { logits } = await model.score([1, 2, 3, 4], 'logits');
        return [...logits(3)];
      }),
    );
    assert.deepEqual(scores[0], scores[1]);
    const manifest = await readManifest(folder);
    assert.equal(manifest?.files['onnx/model_q8.onnx']?.sha256, sha256(readFileSync(whole.graph)));
  });

  test('a part that is damaged or missing is named', async () => {
    const folder = inParts('broken');
    const part = path.join(folder, 'onnx', 'model_q8.onnx.part02');
    const bytes = readFileSync(part);
    bytes[100]! ^= 1;
    writeFileSync(part, bytes);
    await assert.rejects(requireIntact(folder), { reason: 'model-damaged', message: /part02 is damaged/ });
    rmSync(part);
    await assert.rejects(requireIntact(folder), { reason: 'model-incomplete', message: /part02 is missing/ });
    const opened = await openModelFolder(folder);
    await assert.rejects(CausalModel.load(opened, { threads: 1, rowMultiple: 2 }), {
      reason: 'model-unreadable',
      message: /part02 cannot be read: it is not there/,
    });
  });
});
