import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { UserError } from '../../../src/errors.ts';
import { CausalModel } from '../../../src/runtime/causalModel.ts';
import { openModelFolder } from '../../../src/runtime/modelFolder.ts';
import { SOURCE } from '../../../src/runtime/stateKernel.ts';
import { StateModel } from '../../../src/runtime/stateModel.ts';
import { root } from '../../toy/bundled.ts';

const fixture = path.join(root, 'test/fixtures/state');
const weights = path.join(fixture, 'state_q8.safetensors');
const files = { weights, taps: [], description: '' };
const expected: { ids: number[]; given: number[]; tokens: number[]; said: number[][] } = JSON.parse(
  readFileSync(path.join(fixture, 'expected.json'), 'utf8'),
);
const scratch = mkdtempSync(path.join(tmpdir(), 'slipstream-state-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** The small graph of the tests with the draft in its folder. */
async function target(taps?: readonly string[]): Promise<CausalModel> {
  const folder = mkdtempSync(path.join(scratch, 'target-'));
  cpSync(path.join(root, 'test/fixtures/models/gqa'), folder, { recursive: true });
  mkdirSync(path.join(folder, 'draft'));
  for (const name of ['state.json', 'state_q8.safetensors'])
    cpSync(path.join(fixture, name), path.join(folder, 'draft', name));
  if (taps) writeFileSync(path.join(folder, 'draft/state.json'), JSON.stringify({ taps }));
  return CausalModel.load(await openModelFolder(folder), { threads: 1, rowMultiple: 2 });
}

describe('the network behind a target’s states', () => {
  test('was compiled from its source', () => {
    const hash = createHash('sha256');
    for (const file of ['linear.ts', 'state.ts']) hash.update(readFileSync(path.join(root, 'kernels', file)));
    assert.equal(SOURCE, hash.digest('hex'), 'run `npm run kernels`');
  });

  test('says what the training framework says, up to the rounding of weights to 8 bit', async () => {
    const model = await StateModel.load(files);
    assert.equal(model.size, expected.given.length);
    model.begin(Float32Array.from(expected.given));
    for (const [i, token] of expected.tokens.entries()) {
      model.step(token);
      const { token: said, probability } = model.predict();
      const shares = expected.said[i]!;
      const there = shares[expected.ids.indexOf(said)]!;
      assert.ok(Math.abs(Math.log(probability / there)) < 0.1, `step ${i}: ${probability} for ${there}`);
      assert.ok(Math.log(Math.max(...shares) / there) < 0.1, `step ${i} takes another`);
    }
  });

  test('begins anew at every state, whatever it said before', async () => {
    const model = await StateModel.load(files);
    const run = () => {
      model.begin(Float32Array.from(expected.given));
      model.step(20);
      return model.predict();
    };
    const first = run();
    for (const token of [34, 48, 999]) model.step(token);
    model.begin(new Float32Array(model.size).fill(2));
    model.step(20);
    assert.deepEqual(run(), first);
  });

  test('of a file that is cut is refused with the tensor’s name', async () => {
    const file = path.join(scratch, 'cut.safetensors');
    const all = readFileSync(weights);
    writeFileSync(file, all.subarray(0, all.length - 100));
    await assert.rejects(StateModel.load({ ...files, weights: file }), (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /cut\.safetensors cannot be loaded \(it ends before \S+ does\)/);
      return true;
    });
  });
});

describe('what a target computed for its last token', () => {
  test('is the same whether it was read in one pass or in several', async () => {
    const model = await target();
    assert.ok(model.givesStates);
    const states: Float32Array[] = [];
    for (const cuts of [[7], [3, 4], [1, 5, 1]]) {
      model.truncate(0);
      let at = 0;
      for (const count of cuts) {
        await model.score(
          [5, 40, 41, 7, 99, 100, 101].slice(at, at + count),
          at === 0 ? 'nothing' : 'argmax',
        );
        at += count;
      }
      const state = new Float32Array(128);
      assert.equal(model.state(state), true);
      assert.ok(state.some((value) => value !== 0));
      states.push(state);
    }
    for (const state of states)
      for (const [i, value] of state.entries()) assert.ok(Math.abs(value - states[0]![i]!) < 1e-3);
    await model.dispose();
  });

  test('goes with the token when wrong guesses are forgotten', async () => {
    const model = await target();
    const alone = new Float32Array(128);
    await model.score([5, 40, 41], 'argmax');
    model.state(alone);
    model.truncate(0);
    await model.score([5, 40, 41, 60, 61], 'logits');
    model.truncate(3);
    const state = new Float32Array(128);
    assert.equal(model.state(state), true);
    for (const [i, value] of state.entries()) assert.ok(Math.abs(value - alone[i]!) < 1e-3);
    await model.dispose();
  });

  test('is not told where the last pass did not compute it', async () => {
    const model = await target();
    const state = new Float32Array(128);
    assert.equal(model.state(state), false, 'nothing was read');
    await model.score([5, 40, 41], 'argmax');
    await model.score([60, 61], 'argmax');
    model.truncate(2);
    assert.equal(model.state(state), false, 'it was in the pass before');
    const other = Array.from({ length: 80 }, (_, i) => 100 + i);
    model.resume(other);
    assert.equal(model.state(state), false, 'another text');
    await model.dispose();
  });

  test('is not told by a graph that does not give every tensor that is asked for', async () => {
    const model = await target(['norm_normed', 'no such tensor']);
    assert.equal(model.givesStates, false);
    await model.score([5, 40, 41], 'argmax');
    assert.equal(model.state(new Float32Array(128)), false);
    await model.dispose();
  });
});
