import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { UserError } from '../../../src/errors.ts';
import { openModelFolder } from '../../../src/runtime/modelFolder.ts';

let top: string;
before(() => {
  top = mkdtempSync(path.join(os.tmpdir(), 'slipstream-folder-'));
});
after(() => rmSync(top, { recursive: true }));

const parts = {
  'config.json': JSON.stringify({ vocab_size: 8, max_position_embeddings: 64 }),
  'tokenizer.json': '{}',
  'tokenizer_config.json': '{}',
  'onnx/model.onnx': '',
};

/** A folder of the usual parts, with others in their place; a part that is undefined is left out. */
function folderOf(name: string, others: Readonly<Record<string, string | undefined>> = {}): string {
  const folder = path.join(top, name);
  mkdirSync(path.join(folder, 'onnx'), { recursive: true });
  for (const [part, content] of Object.entries({ ...parts, ...others })) {
    if (content !== undefined) writeFileSync(path.join(folder, part), content);
  }
  return folder;
}

async function reasonOf(folder: string): Promise<string> {
  try {
    await openModelFolder(folder);
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    return `${error.reason}: ${error.message}`;
  }
  return 'none';
}

describe('a model folder', () => {
  test('is read without its weights', async () => {
    const folder = await openModelFolder(folderOf('whole'));
    assert.equal(folder.name, 'whole');
    assert.equal(folder.graph, path.join(top, 'whole/onnx/model.onnx'));
    assert.equal(folder.config.vocab_size, 8);
    assert.equal(folder.card, undefined);
  });

  test('may have a name with a slash at its end, and be named from where one stands', async () => {
    const folder = folderOf('slashed');
    assert.equal((await openModelFolder(`${folder}${path.sep}`)).name, 'slashed');
    assert.equal((await openModelFolder(path.relative(process.cwd(), folder))).path, folder);
  });

  test('gives the 8-bit graph before all others', async () => {
    const folder = folderOf('many', {
      'onnx/model_q4.onnx': '',
      'onnx/model_q8.onnx': '',
      'onnx/model_fp16.onnx': '',
    });
    assert.equal(path.basename((await openModelFolder(folder)).graph), 'model_q8.onnx');
    const hub = folderOf('hub', { 'onnx/model_quantized.onnx': '', 'onnx/model_fp16.onnx': '' });
    assert.equal(path.basename((await openModelFolder(hub)).graph), 'model_quantized.onnx');
  });

  test('may have a card, whose omitted fields have their usual meaning', async () => {
    const { card } = await openModelFolder(folderOf('card', { 'slipstream.json': '{"role":"draft"}' }));
    assert.deepEqual([card?.role, card?.languages, card?.tasks], ['draft', [], ['complete']]);
  });

  test('is refused with the name of the part that is missing', async () => {
    for (const part of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) {
      const reason = await reasonOf(folderOf(`no-${part}`, { [part]: undefined }));
      assert.match(reason, /^model-incomplete: /);
      assert.ok(reason.includes(`has no ${part}.`), reason);
    }
    assert.match(await reasonOf(folderOf('no-graph', { 'onnx/model.onnx': undefined })), /has no onnx/);
    assert.match(await reasonOf(path.join(top, 'nowhere')), /^model-missing: /);
    assert.match(await reasonOf(path.join(folderOf('file'), 'config.json')), /^model-missing: /);
  });

  test('is refused with the name of the field that is wrong', async () => {
    const cases: readonly [string, string, RegExp][] = [
      ['config.json', '{', /config\.json cannot be used/],
      ['config.json', '[]', /config\.json cannot be used/],
      ['config.json', '{"max_position_embeddings": 64}', /vocab_size/],
      ['config.json', '{"vocab_size": 8, "max_position_embeddings": "long"}', /max_position_embeddings/],
      ['slipstream.json', '{"role": "pilot"}', /slipstream\.json.*role/],
      ['slipstream.json', '{"role": "target", "prompt": {"order": "sideways"}}', /prompt\.order/],
      [
        'slipstream.json',
        '{"role": "target", "prompt": {"order": "prefix", "neighbours": 2}}',
        /prompt\.neighbours/,
      ],
    ];
    for (const [i, [part, content, message]] of cases.entries()) {
      const reason = await reasonOf(folderOf(`wrong-${i}`, { [part]: content }));
      assert.match(reason, /^model-broken: /);
      assert.match(reason, message);
    }
  });
});
