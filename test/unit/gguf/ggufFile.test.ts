import assert from 'node:assert/strict';
import { truncateSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { floatsOf, GgufFile } from '../../../src/gguf/ggufFile.ts';
import { toyGguf } from '../../toy/gguf.ts';
import { Files, LLAMA, refusal, toyBytes } from './files.ts';

const files = new Files();
after(() => files.remove());

/** The toy with the description of one tensor changed. @param change is given where the description's dimensions begin. */
function lying(name: string, change: (bytes: Buffer, at: number) => void): string {
  const bytes = toyBytes();
  change(bytes, bytes.indexOf(name) + name.length + 4);
  return files.write(bytes);
}

const NAME = 'blk.0.ffn_up.weight';
/** Two dimensions of eight bytes stand before a tensor's kind, and its kind before its place. */
const [KIND, PLACE] = [16, 20];

describe('a GGUF file', () => {
  test('gives its numbers and texts, and says which it has not', () =>
    files.with({ facts: { a: { int: 7 }, b: { int: [7] } } }, (gguf) => {
      assert.equal(gguf.number('a'), 7);
      assert.equal(gguf.number('c', 5), 5);
      assert.equal(gguf.text('general.license'), 'mit');
      assert.equal(gguf.text('a'), undefined);
      for (const key of ['b', 'c', 'general.license']) {
        assert.throws(() => gguf.number(key), refusal('model-unsupported', new RegExp(`no number ${key}`)));
      }
      assert.throws(
        () => gguf.tensor('x.weight'),
        refusal('model-unsupported', /it has no tensor x\.weight/),
      );
    }));

  test('gives rows of every kind as the numbers that were written', async () => {
    for (const kind of ['F32', 'Q8_0', 'Q4_0'] as const) {
      const family = { ...LLAMA, kind };
      const expected = toyGguf(1, family).tensors.get(NAME)!;
      await files.with({ family }, async (gguf) => {
        const tensor = gguf.tensor(NAME);
        assert.deepEqual([tensor.rows, tensor.columns, tensor.kind.name], [96, 64, kind]);
        assert.deepEqual(await gguf.numbers(NAME), expected.values);
        const some = floatsOf(tensor, await gguf.rows(tensor, 90, 3));
        assert.deepEqual(some, expected.values.subarray(90 * 64, 93 * 64));
      });
    }
  });

  test('that becomes shorter while it is read is broken', async () => {
    const file = files.write(toyBytes());
    const gguf = await GgufFile.open(file);
    const last = [...gguf.tensors.keys()].at(-1)!;
    truncateSync(file, gguf.bytes - 200);
    await assert.rejects(gguf.numbers(last), refusal('model-broken', /became shorter while/, file));
    await gguf.close();
  });
});

describe('a file that is not taken', () => {
  const refuses = (file: string, reason: string, message: RegExp) =>
    assert.rejects(GgufFile.open(file), refusal(reason, message, file));

  test('is not there, a folder, empty or another thing', async () => {
    await refuses(`${files.folder}/none.gguf`, 'model-unreadable', /it is not there/);
    await refuses(files.folder, 'model-unreadable', /it is a folder/);
    await refuses(files.write(Buffer.alloc(0)), 'model-broken', /does not begin as one/);
    await refuses(files.write(Buffer.from('GGU')), 'model-broken', /does not begin as one/);
    await refuses(files.write(Buffer.from('ggufGGUF')), 'model-broken', /does not begin as one/);
    await refuses(files.write(Buffer.from('GGUF')), 'model-broken', /its header cannot be read/);
  });

  test('is cut in its header or in the last tensor', async () => {
    const bytes = toyBytes();
    await refuses(files.write(bytes.subarray(0, 600)), 'model-broken', /its header (cannot be read|does)/);
    await refuses(
      files.write(bytes.subarray(0, -64)),
      'model-broken',
      /it ends before blk\.1\.ffn_norm\.weight does/,
    );
  });

  test('is of another version, or promises more than there can be', async () => {
    for (const [at, value] of [
      [4, 99n],
      [8, 2n ** 60n],
      [16, 2n ** 60n],
      [24, 2n ** 60n],
    ] as const) {
      const bytes = toyBytes();
      if (at === 4) bytes.writeUInt32LE(Number(value), at);
      else bytes.writeBigUInt64LE(value, at);
      await refuses(files.write(bytes), 'model-broken', /its header cannot be read/);
    }
  });

  test('has a tensor of a kind that is not read, and is told its number', async () => {
    for (const kind of [16, 20, 34, 999]) {
      const file = lying(NAME, (bytes, at) => bytes.writeUInt32LE(kind, at + KIND));
      await refuses(
        file,
        'model-unsupported',
        new RegExp(`${NAME} is in a format \\(number ${kind} of ggml\\)`),
      );
    }
  });

  test('has a tensor that cannot be: no columns, too many, broken blocks, a place beyond the end', async () => {
    for (const columns of [0n, 2n ** 27n]) {
      const file = lying(NAME, (bytes, at) => bytes.writeBigUInt64LE(columns, at));
      await refuses(file, 'model-broken', /.gguf cannot be used/);
    }
    const odd = lying(NAME, (bytes, at) => bytes.writeBigUInt64LE(33n, at));
    await refuses(odd, 'model-broken', new RegExp(`${NAME} has rows of broken blocks`));
    const far = lying(NAME, (bytes, at) => bytes.writeBigUInt64LE(2n ** 40n, at + PLACE));
    await refuses(far, 'model-broken', new RegExp(`it ends before ${NAME} does`));
  });
});
