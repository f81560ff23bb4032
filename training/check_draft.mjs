// Compare a draft's unrolled graph with its single-step graph, and time both: `node check_draft.mjs MODEL_FOLDER [STEPS]`
// The unrolled graph runs over one shared buffer, as the extension runs it. onnxruntime-node is found as Node finds
// packages, or through ORT_DIR.
import { createRequire } from 'node:module';
import path from 'node:path';

const [folder, steps = '4'] = process.argv.slice(2);
if (!folder) {
  console.error('usage: node check_draft.mjs MODEL_FOLDER [STEPS]');
  process.exit(2);
}
const require = createRequire(path.join(process.env.ORT_DIR ?? import.meta.dirname, 'x.js'));
const ort = require('onnxruntime-node');
const count = Number(steps);
const open = (name) => ort.InferenceSession.create(path.join(folder, 'onnx', name), { intraOpNumThreads: 1, logSeverityLevel: 3 });
const single = await open('model_q8.onnx');
const unrolled = await open(`draft_${count}_q8.onnx`);
const caches = single.inputNames.filter((name) => name.startsWith('past_key_values'));
const dims = Object.fromEntries(single.inputMetadata.filter((m) => caches.includes(m.name)).map((m) => [m.name, m.shape]));
const int64 = (values) => new ort.Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);

/** One call over a shared buffer; `outputs` are the results wanted beside the caches. */
async function call(session, buffers, ids, past, outputs) {
  const feeds = { input_ids: int64(ids), attention_mask: int64(Array(past + ids.length).fill(1)), ...buffers };
  const fetches = Object.fromEntries(outputs.map((name) => [name, null]));
  for (const name of caches) fetches[name.replace('past_key_values', 'present')] = buffers[name];
  return session.run(feeds, fetches);
}
const fresh = () =>
  Object.fromEntries(
    caches.map((name) => {
      const [, kv, , size] = dims[name];
      return [name, new ort.Tensor('float32', new Float32Array(kv * 1024 * size), [1, kv, 1024, size])];
    }),
  );

let same = 0, total = 0, alone = 0, together = 0;
for (let trial = 0; trial < 20; trial++) {
  const ids = Array.from({ length: 300 }, (_, i) => 16 + ((i * i * 31 + trial * 977) % 2000));
  const [a, b] = [fresh(), fresh()];
  for (const [session, buffers] of [[single, a], [unrolled, b]]) {
    await call(session, buffers, ids.slice(0, -2), 0, session === single ? ['argmax'] : ['tokens']);
  }
  let start = performance.now();
  const one = [];
  let next = ids.slice(-2);
  for (let past = ids.length - 2; one.length < count; ) {
    const { argmax } = await call(single, a, next, past, ['argmax']);
    past += next.length;
    one.push(Number(argmax.data.at(-1)));
    next = one.slice(-1);
  }
  alone += performance.now() - start;
  start = performance.now();
  const { tokens, probabilities } = await call(unrolled, b, ids.slice(-2), ids.length - 2, ['tokens', 'probabilities']);
  together += performance.now() - start;
  if (![...probabilities.data].every((p) => p > 0 && p <= 1.001)) throw new Error('probabilities are not probabilities');
  for (let i = 0; i < count; i++) same += Number(tokens.data[i]) === one[i];
  total += count;
}
console.log(`${same} of ${total} tokens agree; ${count} single steps ${(alone / 20).toFixed(2)} ms, unrolled ${(together / 20).toFixed(2)} ms`);
