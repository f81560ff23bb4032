// Compare an exported graph with PyTorch's logits: `node export/check_export.mjs GRAPH CHECK_DIR [concat]`
// CHECK_DIR comes from `python3 -m export folder --check`. The text is run whole, and in blocks of 1 to 16 tokens over the key-value cache.
// onnxruntime-node is found as Node finds packages, or through ORT_DIR.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const [graph, folder, form = 'gqa'] = process.argv.slice(2);
if (!folder) {
  console.error('usage: node export/check_export.mjs GRAPH CHECK_DIR [gqa|concat]');
  process.exit(2);
}
const require = createRequire(path.join(process.env.ORT_DIR ?? import.meta.dirname, 'x.js'));
const ort = require('onnxruntime-node');
const ids = JSON.parse(readFileSync(path.join(folder, 'ids.json'), 'utf8'));
const bytes = readFileSync(path.join(folder, 'logits.f32'));
const expected = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
const width = expected.length / ids.length;

const session = await ort.InferenceSession.create(graph, { intraOpNumThreads: 2, logSeverityLevel: 3 });
const caches = session.inputNames.filter((name) => name.startsWith('past_key_values'));
const dims = Object.fromEntries(session.inputMetadata.filter((m) => caches.includes(m.name)).map((m) => [m.name, m.shape]));
const int64 = (values) => new ort.Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
const empty = (name, length) => {
  const [, kv, , size] = dims[name];
  return new ort.Tensor('float32', new Float32Array(kv * length * size), [1, kv, length, size]);
};

/** Logits of all ids, `block(i)` tokens a pass. */
async function run(block, shared) {
  let buffers = Object.fromEntries(caches.map((name) => [name, empty(name, shared ? 512 : 0)]));
  const logits = new Float32Array(expected.length);
  for (let at = 0, pass = 0; at < ids.length; pass++) {
    const part = ids.slice(at, at + block(pass));
    const feeds = { input_ids: int64(part), attention_mask: int64(Array(at + part.length).fill(1)), ...buffers };
    if (session.inputNames.includes('position_ids')) feeds.position_ids = int64(part.map((_, i) => at + i));
    if (session.inputNames.includes('num_logits_to_keep')) feeds.num_logits_to_keep = new ort.Tensor('int64', [0n], []);
    const fetches = Object.fromEntries(session.outputNames.map((name) => [name, null]));
    if (shared) for (const name of caches) fetches[name.replace('past_key_values', 'present')] = buffers[name];
    const results = await session.run(feeds, fetches);
    if (!shared) buffers = Object.fromEntries(caches.map((name) => [name, results[name.replace('past_key_values', 'present')]]));
    logits.set(results.logits.data, at * width);
    const top = results.argmax?.data.at(-1);
    const last = results.logits.data.subarray(-width);
    if (top !== undefined && last[Number(top)] !== Math.max(...last)) throw new Error('argmax disagrees with logits');
    at += part.length;
  }
  return logits;
}

/** Largest difference, share of rows with the same likeliest id, and the loss (nats per token) of the logits themselves. */
function compare(logits) {
  let largest = 0, same = 0, loss = 0;
  const best = (row) => row.reduce((b, v, i) => (v > row[b] ? i : b), 0);
  for (let r = 0; r < ids.length; r++) {
    const got = logits.subarray(r * width, (r + 1) * width), want = expected.subarray(r * width, (r + 1) * width);
    for (let i = 0; i < width; i++) largest = Math.max(largest, Math.abs(got[i] - want[i]));
    same += best(got) === best(want);
    if (r + 1 < ids.length) loss += Math.log(got.reduce((s, v) => s + Math.exp(v), 0)) - got[ids[r + 1]];
  }
  return `largest difference ${largest.toExponential(2)}, same top-1 ${((100 * same) / ids.length).toFixed(1)} %, loss ${(loss / (ids.length - 1)).toFixed(4)}`;
}

if (session.inputNames.includes('num_logits_to_keep')) {
  const feeds = Object.fromEntries(caches.map((name) => [name, empty(name, 0)]));
  feeds.num_logits_to_keep = new ort.Tensor('int64', [3n], []);
  const { logits } = await session.run({ ...feeds, input_ids: int64(ids), attention_mask: int64(ids.map(() => 1)) });
  if (logits.dims[1] !== 3) throw new Error('num_logits_to_keep is not heeded');
}
console.log(`PyTorch itself:   ${compare(expected)}`);
console.log(`whole text:       ${compare(await run(() => ids.length, false))}`);
console.log(`blocks, own past: ${compare(await run((pass) => 1 + (pass % 16), false))}`);
if (form === 'gqa') console.log(`blocks, shared:   ${compare(await run((pass) => 1 + (pass % 16), true))}`);
