import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { UserError } from '../../../src/errors.ts';
import { SOURCE } from '../../../src/runtime/llamaKernel.ts';
import { openModelFolder } from '../../../src/runtime/modelFolder.ts';
import { SmallLlama } from '../../../src/runtime/smallLlama.ts';
import { root } from '../../toy/bundled.ts';

const fixtures = path.join(root, 'test/fixtures');
const small = path.join(fixtures, 'models/small');
const ids: readonly number[] = JSON.parse(readFileSync(path.join(fixtures, 'check/ids.json'), 'utf8'));
const bytes = readFileSync(path.join(fixtures, 'check/logits.f32'));
const logits = new Float32Array(new Uint8Array(bytes).buffer);
const width = logits.length / ids.length;

const load = async (folder = small) => SmallLlama.load(await openModelFolder(folder));
const scratch = mkdtempSync(path.join(tmpdir(), 'slipstream-small-llama-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** The likeliest ids by the training framework after `ids[row]`, with their probabilities. */
function expected(row: number): { readonly id: number; readonly probability: number }[] {
  const values = [...logits.subarray(row * width, (row + 1) * width)];
  const most = Math.max(...values);
  const total = values.reduce((sum, value) => sum + Math.exp(value - most), 0);
  return values
    .map((value, id) => ({ id, probability: Math.exp(value - most) / total }))
    .sort((a, b) => b.probability - a.probability);
}

describe('the kernel for small models', () => {
  test('was compiled from its source', () => {
    const hash = createHash('sha256');
    for (const file of ['linear.ts', 'llama.ts']) hash.update(readFileSync(path.join(root, 'kernels', file)));
    assert.equal(SOURCE, hash.digest('hex'), 'run `npm run kernels`');
  });

  test('predicts what the training framework predicts, up to the rounding of weights to 8 bit', async () => {
    const model = await load();
    let same = 0;
    for (const [position, id] of ids.entries()) {
      model.read(id, position);
      const { token, probability } = model.predict();
      const order = expected(position);
      const there = order.find((each) => each.id === token)!;
      same += order[0]!.id === token ? 1 : 0;
      const off = Math.log(probability / there.probability);
      assert.ok(Math.abs(off) < 0.25, `position ${position}: ${off}`);
      // Another token than the likeliest only where the two are nearly equal.
      const behind = Math.log(order[0]!.probability / there.probability);
      assert.ok(behind < 0.25, `position ${position}: ${behind}`);
    }
    assert.ok(same >= 0.9 * ids.length, `${same} of ${ids.length}`);
  });

  test('gives the whole distribution, which sums to one and whose peak is the prediction', async () => {
    const model = await load();
    const row = new Float32Array(width);
    for (const [position, id] of ids.slice(0, 12).entries()) {
      model.read(id, position);
      const { token, probability } = model.predict();
      model.distribution(row);
      assert.equal(row.indexOf(Math.max(...row)), token);
      assert.ok(Math.abs(row[token]! - probability) < 1e-6);
      assert.ok(Math.abs(row.reduce((a, b) => a + b, 0) - 1) < 1e-4);
      for (const each of expected(position).slice(0, 5))
        assert.ok(Math.abs(Math.log(row[each.id]! / each.probability)) < 0.3, `${each.id} at ${position}`);
    }
  });

  test('goes on from any position that it has read, whatever was read behind it', async () => {
    const [model, fresh] = [await load(), await load()];
    for (const [position, id] of ids.entries()) model.read(id, position);
    for (const cut of [60, 33, 1, 0]) {
      for (let position = cut; position < cut + 20; position++) model.read(300 - position, position);
      for (let position = 0; position < cut + 20; position++) {
        fresh.read(position < cut ? ids[position]! : 300 - position, position);
      }
      assert.deepEqual(model.predict(), fresh.predict(), `from ${cut}`);
    }
  });

  test('reads its context to the last place, and not beyond', async () => {
    const model = await load();
    for (let position = 0; position < model.contextLength; position++)
      model.read(20 + (position % 50), position);
    const { probability } = model.predict();
    assert.ok(probability > 0 && probability <= 1);
    assert.throws(() => model.read(20, model.contextLength), RangeError);
    assert.throws(() => model.read(width, 0), RangeError);
    assert.throws(() => model.read(-1, 0), RangeError);
  });

  test('refuses weights that are cut off or do not fit the configuration, and says which', async () => {
    const broken = async (change: (folder: string) => void): Promise<UserError> => {
      const folder = mkdtempSync(path.join(scratch, 'model-'));
      cpSync(small, folder, { recursive: true });
      change(folder);
      let thrown: unknown;
      await load(folder).catch((error: unknown) => {
        thrown = error;
      });
      assert.ok(thrown instanceof UserError, String(thrown));
      return thrown;
    };
    const weights = (folder: string) => path.join(folder, 'weights/draft_q8.safetensors');
    const config = (from: RegExp, to: string) => (folder: string) => {
      const file = path.join(folder, 'config.json');
      writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
    };
    const whole = readFileSync(weights(small));
    for (const length of [0, 5, 100, 30000]) {
      const error = await broken((folder) => writeFileSync(weights(folder), whole.subarray(0, length)));
      assert.equal(error.reason, 'model-broken', `${length} bytes`);
    }
    const other = await broken(config(/"num_hidden_layers": 2/, '"num_hidden_layers": 3'));
    assert.equal(other.reason, 'model-broken');
    assert.match(other.message, /blocks\.2\.norm1/);
    const odd = await broken(config(/"intermediate_size": 32/, '"intermediate_size": 40'));
    assert.equal(odd.reason, 'model-unsupported');
  });
});
