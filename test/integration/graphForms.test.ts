import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { AutoModelForCausalLM, env, Tensor as HubTensor } from '@xenova/transformers';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { decode } from '../../src/engine/decoder.ts';
import { greedy } from '../../src/engine/sampling.ts';
import { floatOfHalf } from '../../src/graphs/halves.ts';
import { loadPipeline, type Pipeline } from '../../src/inference/pipeline.ts';
import { policyOf } from '../../src/inference/policies.ts';
import { type CachePath, CausalModel } from '../../src/runtime/causalModel.ts';
import { openModelFolder } from '../../src/runtime/modelFolder.ts';
import { loadOnnxRuntime } from '../../src/runtime/onnx.ts';
import { testWidths } from '../../src/runtime/selfTest.ts';
import { models, root } from '../toy/bundled.ts';
import { draftOf } from '../toy/drafts.ts';
import { type FormOptions, toyConfig, toyForm } from '../toy/graphForms.ts';
import { mergedGraph } from '../toy/mergedGraph.ts';
import { Random } from '../toy/random.ts';

/** Graphs in the forms in which exporters write them say, with every draft, what a plain loop over the graph says. */

interface Form {
  readonly options: FormOptions & { readonly merged?: true };
  readonly path: CachePath;
  /** With which the plain loop is never near to another token. */
  readonly seed: number;
}

/** Those that the hub's own package runs, with the name that it wants the graph to have. */
const GENERATED: Readonly<Record<string, string>> = {
  'keys and values put together': 'fp32',
  'places that it counts itself': 'fp32',
  'no mask': 'fp32',
  '16 bits': 'fp16',
};

const form = (options: Form['options'], path: CachePath, seed = 9): Form => ({ options, path, seed });
const FORMS: Readonly<Record<string, Form>> = {
  'keys and values put together': form({}, 'concatenated'),
  'numbers of 32 bits': form({ integer: 'int32', mask: 'int32' }, 'concatenated'),
  'places that it counts itself': form({ positions: 'counted', keep: true }, 'concatenated'),
  'no mask': form({ mask: 'none' }, 'concatenated'),
  'a mask of fractions': form({ mask: 'float' }, 'concatenated'),
  'one tensor a layer': form({ carry: 'stacked' }, 'concatenated'),
  'keys beside values': form({ carry: 'beside' }, 'concatenated', 1),
  'a buffer that it writes to': form({ attention: 'grouped' }, 'written'),
  'a sliding window': form({ attention: 'grouped', window: 24 }, 'written'),
  '8 bits': form({ attention: 'grouped', bits: 8, keep: true }, 'written'),
  '4 bits': form({ bits: 4 }, 'concatenated', 13),
  '16 bits': form({ float: 'float16' }, 'concatenated'),
  '16 bits in a buffer': form({ float: 'float16', attention: 'grouped' }, 'written'),
  'weights in a file of their own': form({ external: true }, 'concatenated'),
  'a convolution': form({ convolution: true }, 'concatenated'),
  'two graphs merged in one': form({ merged: true }, 'concatenated'),
  'two graphs with weights of 8 bits merged': form({ merged: true, bits: 8 }, 'concatenated', 5),
  'a convolution beside a buffer': form({ convolution: true, attention: 'grouped' }, 'written', 1),
};
/** So sure the plain loop is of each token: rounding differs by far less. */
const MARGIN = 0.015;

/** As the tokenizer of the fixtures has. */
const VOCABULARY = 320;
const fixture = path.join(root, 'test/fixtures/models/concat');
const COUNT = 32;

let top: string;
before(() => {
  top = mkdtempSync(path.join(os.tmpdir(), 'slipstream-forms-'));
});
after(() => rmSync(top, { recursive: true }));

/** The folder of a toy; `facts` for its config.json. */
function folderOf(
  name: string,
  { options, seed }: Pick<Form, 'options' | 'seed'>,
  facts: object = {},
): string {
  const folder = path.join(top, name.replaceAll(' ', '-'));
  mkdirSync(path.join(folder, 'onnx'), { recursive: true });
  for (const file of ['tokenizer.json', 'tokenizer_config.json']) {
    copyFileSync(path.join(fixture, file), path.join(folder, file));
  }
  const { graph, data } = toyForm(seed, VOCABULARY, options);
  const file = path.join(folder, 'onnx', options.merged ? 'decoder_model_merged.onnx' : 'model.onnx');
  writeFileSync(file, options.merged ? mergedGraph(graph) : graph);
  if (data.length > 0) writeFileSync(path.join(folder, 'onnx', 'model.onnx_data'), data);
  const config = { ...toyConfig(VOCABULARY, options), ...facts };
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config));
  return folder;
}

const load = async (folder: string) =>
  CausalModel.load(await openModelFolder(folder), { threads: 1, rowMultiple: 2 });

const PROMPT = Array.from({ length: 21 }, (_, i) => 20 + ((i * 37) % 200));

describe('a graph', () => {
  let pipeline: Pipeline;
  before(async () => {
    const model = folderOf('first', form({}, 'concatenated'));
    pipeline = await loadPipeline({ model, bundled: models, pool: [], threads: 1 });
  });
  after(() => pipeline.dispose());

  for (const [name, { options, path: way, seed }] of Object.entries(FORMS)) {
    test(`with ${name} says with every draft what it says in a plain loop`, async () => {
      const folder = folderOf(name, { options, seed });
      const { tokens: expected, margin } = await plainTokens((await openModelFolder(folder)).graph);
      assert.ok(margin > MARGIN, `${margin}`);
      const target = await load(folder);
      try {
        assert.equal(target.cachePath, way);
        const selfTest = await testWidths(target, 50);
        // Processors sum numbers of 16 bits in an order that may go with the width; then drafts are off, and the text is the same.
        assert.ok(selfTest.widthInvariant || name === '16 bits', JSON.stringify(selfTest));
        // What may be copied is what comes, and in part something else.
        pipeline.index.put('a.ts', [...PROMPT, ...expected]);
        pipeline.index.put('b.ts', [...PROMPT.slice(-4), ...expected.slice(0, 3), 5, 5, 5]);
        const random = new Random(seed);
        const wrong = draftOf('wrong at times', (text, limit) =>
          expected
            .slice(text.length - PROMPT.length, text.length - PROMPT.length + limit)
            .map((token) => (random.chance(0.3) ? (token + 1) % VOCABULARY : token)),
        );
        const drafts = [...pipeline.drafts, ...pipeline.draftsByName];
        const used = { ...pipeline, target, selfTest, drafts: [...drafts, wrong], draftsByName: [] };
        const arms = ['none', 'policy', ...used.drafts.flatMap(({ id }) => [`${id}@3`, `${id}@8`])];
        let accepted = 0;
        for (const arm of arms) {
          const result = await decoded(used, arm);
          assert.deepEqual(result.ids, expected, arm);
          accepted += result.accepted;
        }
        if (selfTest.widthInvariant) assert.ok(accepted > 3 * COUNT, `${accepted} guesses were right`);
        else assert.equal(accepted, 0);
      } finally {
        await target.dispose();
      }
    });
  }

  for (const [name, dtype] of Object.entries(GENERATED)) {
    test(`with ${name} says what the hub's own package generates`, async () => {
      const folder = folderOf(`hub ${name}`, FORMS[name]!);
      const graph = path.join(folder, 'onnx', 'model.onnx');
      const { tokens: expected } = await plainTokens(graph);
      if (dtype === 'fp16') renameSync(graph, path.join(folder, 'onnx', 'model_fp16.onnx'));
      assert.deepEqual(await generated(folder, dtype), expected);
    });
  }

  test('merged of two is refused with the reason where the one that goes on takes a row at a time', async () => {
    const folder = folderOf('a row at a time', form({ merged: true }, 'concatenated'));
    const { graph } = toyForm(9, VOCABULARY, {});
    writeFileSync(path.join(folder, 'onnx', 'decoder_model_merged.onnx'), mergedGraph(graph, 'row'));
    await assert.rejects(load(folder), {
      reason: 'model-unsupported',
      message:
        /decoder_model_merged\.onnx .* a text that is scored in two passes gets other numbers than in one/,
    });
  });

  test('says the same whatever was read, cut and read again before', async () => {
    const stateful = [
      'a convolution',
      'a convolution beside a buffer',
      'one tensor a layer',
      'keys beside values',
    ];
    for (const name of stateful) {
      const model = await load(folderOf(name, FORMS[name]!));
      const other = await load(folderOf(name, FORMS[name]!));
      const random = new Random(3);
      let text: number[] = [];
      for (let step = 0; step < 60; step++) {
        const length = Math.min(random.int(1, 9), model.contextLength - model.length);
        if (length < 1 || random.chance(0.3)) {
          text = text.slice(0, random.int(0, text.length));
          model.truncate(text.length);
        } else if (random.chance(0.2)) {
          // Another text, or this one with another end: its states are another slot's, or those before.
          const shared = text.slice(0, random.chance(0.5) ? 0 : random.int(0, text.length));
          const next = [...shared, ...random.list(random.int(1, 90), () => random.int(1, 3))];
          text = next.slice(0, model.resume(next));
        } else {
          const block = random.list(length, () => random.int(1, VOCABULARY - 1));
          text.push(...block);
          const need = random.pick(['nothing', 'argmax', 'logits'] as const);
          const scores = await model.score(block, need);
          if (need !== 'logits') continue;
          other.truncate(0);
          const whole = await other.score(text, 'logits');
          const last = whole.logits(whole.rows - 1);
          assert.deepEqual(scores.logits(scores.rows - 1), last, `${name}, step ${step}`);
        }
      }
      await model.dispose();
      await other.dispose();
    }
  });
});

/** What is decoded behind the prompt with a policy, named as on the command line. */
function decoded(pipeline: Pipeline, policy: string) {
  const { target, tokenizer, drafts } = pipeline;
  const { vocabulary } = tokenizer;
  const prefix = Buffer.concat(PROMPT.map((token) => Buffer.from(vocabulary.bytes(token)))).toString();
  return decode(
    { target, vocabulary, drafts, policy: policyOf(policy, pipeline) },
    {
      prompt: PROMPT,
      language: 'typescript',
      task: 'complete',
      skipBytes: 0,
      text: { path: 'c.ts', prefix, suffix: '' },
      stop: { endTokens: new Set(), maxTokens: COUNT, singleLine: false, stopStrings: [] },
    },
    greedy,
    new AbortController().signal,
    () => undefined,
  );
}

/** What `generate` says behind the prompt. */
async function generated(folder: string, dtype: string): Promise<number[]> {
  env.allowRemoteModels = false;
  env.localModelPath = path.dirname(folder);
  const model = await AutoModelForCausalLM.from_pretrained(path.basename(folder), { dtype: dtype as 'fp32' });
  const row = (values: readonly number[]) => {
    return new HubTensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
  };
  const inputs = { input_ids: row(PROMPT), attention_mask: row(PROMPT.map(() => 1)) };
  const output: unknown = await model.generate({
    ...inputs,
    max_new_tokens: COUNT,
    do_sample: false,
  } as never);
  await model.dispose();
  assert.ok(output instanceof HubTensor);
  return Array.from(output.data as BigInt64Array, Number).slice(PROMPT.length);
}

/** What the graph says when the whole text is read anew for each token, without anything carried; and by how much it was surest least. */
async function plainTokens(file: string) {
  const ort = await loadOnnxRuntime();
  const session = await ort.InferenceSession.create(file, { intraOpNumThreads: 1, logSeverityLevel: 4 });
  const text = [...PROMPT];
  let margin = Number.POSITIVE_INFINITY;
  while (text.length < PROMPT.length + COUNT) {
    const { logits } = await session.run(wholeFeeds(ort, session, text));
    const row = lastRow(logits!);
    const order = [...row.keys()].sort((a, b) => row[b]! - row[a]! || a - b);
    margin = Math.min(margin, row[order[0]!]! - row[order[1]!]!);
    text.push(order[0]!);
  }
  await session.release();
  return { tokens: text.slice(PROMPT.length), margin };
}

function wholeFeeds(
  ort: Awaited<ReturnType<typeof loadOnnxRuntime>>,
  session: InferenceSession,
  text: readonly number[],
): Record<string, Tensor> {
  const arrays = {
    int64: BigInt64Array,
    int32: Int32Array,
    float32: Float32Array,
    float16: Uint16Array,
    bool: Uint8Array,
  };
  const feeds: Record<string, Tensor> = {};
  for (const input of session.inputMetadata) {
    assert.ok(input.isTensor);
    const { name, type, shape } = input;
    const sides = { batch: 1, past: 0, rows: text.length, total: text.length } as Record<string, number>;
    const dims = shape.map((side) => (typeof side === 'number' ? side : sides[side]!));
    const count = dims.reduce((product, side) => product * side, 1);
    const numbers = name === 'input_ids' ? text : name === 'position_ids' ? [...text.keys()] : undefined;
    // Of a merged graph the branch for the beginning of a text, which the product leaves alone.
    const one = name === 'num_logits_to_keep' || name === 'attention_mask' ? 1 : 0;
    const values = numbers ?? new Array<number>(count).fill(one);
    const made = (arrays[type as 'int64'] as { from(values: readonly unknown[]): BigInt64Array }).from(
      type === 'int64' ? values.map(BigInt) : values,
    );
    feeds[name] = new ort.Tensor(type as 'int64', made, dims);
  }
  return feeds;
}

function lastRow({ data, dims }: Tensor): Float32Array {
  const width = dims.at(-1)!;
  if (data instanceof Float32Array) return data.slice(-width);
  const { buffer, byteOffset, length } = data as Uint16Array;
  return Float32Array.from(new Uint16Array(buffer, byteOffset, length).slice(-width), floatOfHalf);
}
