import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CausalModel } from '../../../src/runtime/causalModel.ts';
import { field } from '../../../src/runtime/graphBytes.ts';
import { scanGraph } from '../../../src/runtime/graphScan.ts';
import { openModelFolder } from '../../../src/runtime/modelFolder.ts';
import { readSafetensors } from '../../../src/runtime/safetensors.ts';

/** A model folder that somebody else made has nothing read but itself, and takes no memory for sizes that it only claims. */

let top: string;
before(() => {
  top = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'slipstream-contained-')));
  writeFileSync(path.join(top, 'secret.txt'), 'do not read');
});
after(() => rmSync(top, { recursive: true }));

function folderOf(place: string, config: object = { vocab_size: 8, max_position_embeddings: 64 }): string {
  const folder = path.join(top, place);
  mkdirSync(path.join(folder, 'onnx'), { recursive: true });
  for (const name of ['tokenizer.json', 'tokenizer_config.json'])
    writeFileSync(path.join(folder, name), '{}');
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config));
  writeFileSync(path.join(folder, 'onnx/model.onnx'), '');
  return folder;
}

const weightsAt = (location: string) => field(13, field(1, 'location'), field(2, location));
const graphWith = (...tensors: Buffer[]) => field(7, ...tensors);
const refused = (reason: string) => (error: unknown) => {
  assert.equal((error as { reason?: string }).reason, reason, String(error));
  return true;
};

describe('a model folder with a link', () => {
  for (const name of [
    'config.json',
    'tokenizer.json',
    'onnx/model.onnx',
    'slipstream.json',
    'onnx/model.onnx_data',
  ]) {
    test(`out of it in the place of ${name} is refused`, async () => {
      const folder = folderOf(`link-${path.basename(name)}-${name.length}`);
      rmSync(path.join(folder, name), { force: true });
      symlinkSync(path.join(top, 'secret.txt'), path.join(folder, name));
      await assert.rejects(openModelFolder(folder), (error: Error) => {
        assert.ok(!error.message.includes('do not read'));
        return refused('model-outside')(error);
      });
    });
  }

  test('out of it in the place of a whole folder is refused, and one within it is good', async () => {
    const folder = folderOf('whole');
    mkdirSync(path.join(top, 'elsewhere'), { recursive: true });
    symlinkSync(path.join(top, 'elsewhere'), path.join(folder, 'draft'));
    await assert.rejects(openModelFolder(folder), refused('model-outside'));
    rmSync(path.join(folder, 'draft'));
    symlinkSync('model.onnx', path.join(folder, 'onnx/model_q4.onnx'));
    assert.equal((await openModelFolder(folder)).name, 'whole');
  });

  test('to the contents that the hub’s cache keeps beside its snapshots is good', async () => {
    const folder = folderOf('models--a--b/snapshots/1');
    mkdirSync(path.join(top, 'models--a--b/blobs'));
    writeFileSync(path.join(top, 'models--a--b/blobs/x'), '{}');
    rmSync(path.join(folder, 'tokenizer.json'));
    symlinkSync('../../blobs/x', path.join(folder, 'tokenizer.json'));
    assert.equal((await openModelFolder(folder)).name, '1');
    symlinkSync('../../../secret.txt', path.join(folder, 'slipstream.json'));
    await assert.rejects(openModelFolder(folder), refused('model-outside'));
  });
});

describe('weights beside a graph', () => {
  const deep = (inner: Buffer) => field(1, field(5, field(6, field(5, inner))));

  test('are found wherever a tensor may stand', () => {
    const graph = graphWith(
      field(5, weightsAt('a')),
      deep(weightsAt('b')),
      field(1, field(5, field(5, weightsAt('c')))),
      field(15, field(1, weightsAt('d'))),
    );
    assert.deepEqual([...scanGraph(graph).weightFiles].sort(), ['a', 'b', 'c', 'd']);
    const file = path.join(top, 'graph.onnx');
    writeFileSync(file, Buffer.concat([field(8, 'x'.repeat(200_000)), graph]));
    assert.deepEqual([...scanGraph(file).weightFiles].sort(), ['a', 'b', 'c', 'd']);
    assert.throws(() => scanGraph(graph.subarray(0, graph.length - 1)));
  });

  const names = [
    '../../secret.txt',
    '/etc/hostname',
    'C:\\secret',
    '..\\..\\secret.txt',
    'a/../../../secret.txt',
    '',
  ];
  for (const [i, name] of names.entries()) {
    test(`named ${JSON.stringify(name)} are refused before the runtime sees them`, async () => {
      const folder = folderOf(`named-${i}`);
      writeFileSync(path.join(folder, 'onnx/model.onnx'), graphWith(field(5, weightsAt(name))));
      const opened = await openModelFolder(folder);
      await assert.rejects(
        CausalModel.load(opened, { threads: 1, rowMultiple: 2 }),
        refused('model-outside'),
      );
    });
  }

  test('that a link leads elsewhere are refused too', async () => {
    const folder = folderOf('linked');
    mkdirSync(path.join(folder, 'onnx/parts'));
    symlinkSync(path.join(top, 'secret.txt'), path.join(folder, 'onnx/parts/w'));
    writeFileSync(path.join(folder, 'onnx/model.onnx'), graphWith(field(5, weightsAt('parts/w'))));
    const opened = await openModelFolder(folder);
    await assert.rejects(CausalModel.load(opened, { threads: 1, rowMultiple: 2 }), refused('model-outside'));
  });
});

test('sizes that nobody has are refused before memory is taken for them', async () => {
  for (const config of [
    { vocab_size: 1e12, max_position_embeddings: 64 },
    { vocab_size: 8, max_position_embeddings: 1e15 },
  ]) {
    await assert.rejects(
      openModelFolder(folderOf(`sizes-${config.vocab_size}`, config)),
      refused('model-broken'),
    );
  }
  const file = path.join(top, 'claims.safetensors');
  const head = Buffer.from('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}');
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(2n ** 62n);
  writeFileSync(file, Buffer.concat([length, head]));
  await assert.rejects(readSafetensors(file), {
    reason: 'model-broken',
    message: /it ends before its header does/,
  });
});
