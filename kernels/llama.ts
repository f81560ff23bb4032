// One token through a small Llama with 8 bit weights, in WebAssembly on vectors of 128 bit. AssemblyScript; build.mjs beside it
// compiles it. A general runtime spends most of the time of so small a model on starting some forty operators a token; here a
// token is one call.
//
// src/runtime/smallLlama.ts lays everything out in memory and says where it is.
import { add, BLOCK, block, exp4, multiply, normalize, round, rowOf, shareOf, sum, sums, swiglu } from './linear';

/**
 * Of each layer the table has twelve pointers: norm1, qkv codes and scales, out codes and scales, norm2, gate_up codes and scales,
 * down codes and scales, keys and values [groups, context, size].
 */
const LAYER_BYTES: i32 = 12 * 4;

/** Where free memory begins. */
export const start: usize = __heap_base;
/** Probability of the last predicted token among the ids of the head. */
export let probability: f32 = 0;

let width: i32, layers: i32, heads: i32, groups: i32, size: i32, inner: i32, context: i32, outputs: i32;
let epsilon: f32;
let table: usize, embedding: usize, embeddingScales: usize, norm: usize, cosines: usize, sines: usize, ids: usize;
let stream: usize, normed: usize, rounded: usize, qkv: usize, mixed: usize, added: usize, both: usize, scores: usize;

export function shape(w: i32, l: i32, h: i32, g: i32, s: i32, f: i32, c: i32, o: i32, e: f32): void {
  width = w;
  layers = l;
  heads = h;
  groups = g;
  size = s;
  inner = f;
  context = c;
  outputs = o;
  epsilon = e;
}
export function weights(t: usize, e: usize, es: usize, n: usize, c: usize, s: usize, i: usize): void {
  table = t;
  embedding = e;
  embeddingScales = es;
  norm = n;
  cosines = c;
  sines = s;
  ids = i;
}
/** Bytes of scratch memory that the shape needs. */
export function scratchBytes(): usize {
  return place(0);
}
export function scratch(at: usize): void {
  place(at);
}

@inline function bytes(count: i32): usize {
  return <usize>((count + 15) & ~15);
}

/** Where the last prediction left a logit for each id of the head, in its order. */
export function logits(): usize {
  return scores;
}

/** Lay out scratch memory from `at` on; returns where it ends. */
function place(at: usize): usize {
  stream = at;
  normed = stream + bytes(width * 4);
  rounded = normed + bytes(width * 4);
  qkv = rounded + bytes(max(width, max(heads * size, inner)) * 2);
  mixed = qkv + bytes((heads + 2 * groups) * size * 4);
  added = mixed + bytes(heads * size * 4);
  both = added + bytes(width * 4);
  scores = both + bytes(inner * 8);
  return scores + bytes((max(context, outputs) + 4) * 4);
}

/** Turn a head of `size` floats by its position; pairs are (i, i + size/2). */
function rotate(x: usize, position: i32): void {
  const half = size >> 1;
  const table = <usize>(position * half) << 2;
  for (let i: i32 = 0; i < half; i += 4) {
    const o = <usize>i << 2, p = x + o, q = p + (<usize>half << 2);
    const a = v128.load(p), b = v128.load(q), c = v128.load(cosines + table + o), s = v128.load(sines + table + o);
    v128.store(p, f32x4.sub(f32x4.mul(a, c), f32x4.mul(b, s)));
    v128.store(q, f32x4.add(f32x4.mul(b, c), f32x4.mul(a, s)));
  }
}

/**
 * One query head over positions 0 to position of its keys and values [context, size]. Keys are taken four at a time; what is
 * behind the last position is read and left out of the sums (the host leaves room behind the last buffer).
 */
function attend(query: usize, keys: usize, values: usize, position: i32, out: usize): void {
  const bytes = <usize>size << 2, count = position + 1;
  const factor = f32x4.splat(<f32>1 / sqrt<f32>(<f32>size));
  let most = f32x4.splat(-Infinity), key = keys;
  for (let p: i32 = 0; p < count; p += 4) {
    let a = f32x4.splat(0), b = a, c = a, d = a;
    for (let o: usize = 0; o < bytes; o += 16) {
      const q = v128.load(query + o), k = key + o;
      a = f32x4.add(a, f32x4.mul(q, v128.load(k)));
      b = f32x4.add(b, f32x4.mul(q, v128.load(k + bytes)));
      c = f32x4.add(c, f32x4.mul(q, v128.load(k + 2 * bytes)));
      d = f32x4.add(d, f32x4.mul(q, v128.load(k + 3 * bytes)));
    }
    let v = f32x4.mul(sums(a, b, c, d), factor);
    if (p + 4 > count) {
      if (p + 1 >= count) v = f32x4.replace_lane(v, 1, -Infinity);
      if (p + 2 >= count) v = f32x4.replace_lane(v, 2, -Infinity);
      v = f32x4.replace_lane(v, 3, -Infinity);
    }
    v128.store(scores + (<usize>p << 2), v);
    most = f32x4.max(most, v);
    key += 4 * bytes;
  }
  const shift = f32x4.splat(max(max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
    max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3))));
  let total = f32x4.splat(0);
  for (let p: i32 = 0; p < count; p += 4) {
    const at = scores + (<usize>p << 2), e = exp4(f32x4.sub(v128.load(at), shift));
    v128.store(at, e);
    total = f32x4.add(total, e);
  }
  const share = f32x4.splat(<f32>1 / sum(total));
  for (let o: usize = 0; o < bytes; o += 32) {
    let v = f32x4.splat(0), w = v, at = values + o, weight = scores;
    for (let p: i32 = 0; p < count; p++) {
      const s = v128.load_splat<f32>(weight);
      v = f32x4.add(v, f32x4.mul(s, v128.load(at)));
      w = f32x4.add(w, f32x4.mul(s, v128.load(at, 16)));
      at += bytes;
      weight += 4;
    }
    v128.store(out + o, f32x4.mul(v, share));
    v128.store(out + o, f32x4.mul(w, share), 16);
  }
}

/** Read `token` at `position`; its keys and values are written, those before must be there. */
export function read(token: i32, position: i32): void {
  rowOf(embedding, embeddingScales, token, width, stream);
  const headBytes = <usize>size << 2;
  for (let layer: i32 = 0; layer < layers; layer++) {
    const at = table + <usize>(layer * LAYER_BYTES);
    normalize(stream, load<u32>(at), normed, width, epsilon);
    multiply(load<u32>(at, 4), load<u32>(at, 8), (heads + 2 * groups) * size, width, rounded, round(normed, width, rounded), qkv);
    for (let h: i32 = 0; h < heads + groups; h++) rotate(qkv + <usize>h * headBytes, position);
    for (let g: i32 = 0; g < groups; g++) {
      const slot = <usize>(g * context + position) * headBytes;
      memory.copy(<usize>load<u32>(at, 40) + slot, qkv + <usize>(heads + g) * headBytes, headBytes);
      memory.copy(<usize>load<u32>(at, 44) + slot, qkv + <usize>(heads + groups + g) * headBytes, headBytes);
    }
    const shared = heads / groups;
    for (let h: i32 = 0; h < heads; h++) {
      const group = <usize>(h / shared * context) * headBytes;
      attend(qkv + <usize>h * headBytes, <usize>load<u32>(at, 40) + group, <usize>load<u32>(at, 44) + group, position, mixed + <usize>h * headBytes);
    }
    multiply(load<u32>(at, 12), load<u32>(at, 16), width, heads * size, rounded, round(mixed, heads * size, rounded), added);
    add(stream, added, width);
    normalize(stream, load<u32>(at, 20), normed, width, epsilon);
    multiply(load<u32>(at, 24), load<u32>(at, 28), 2 * inner, width, rounded, round(normed, width, rounded), both);
    swiglu(both, inner);
    multiply(load<u32>(at, 32), load<u32>(at, 36), width, inner, rounded, round(both, inner, rounded), added);
    add(stream, added, width);
  }
}

/** The likeliest token after what was read last, among `ids`, whose rows of the embedding are the head; see `probability`. */
export function predict(): i32 {
  normalize(stream, norm, normed, width, epsilon);
  const factor = round(normed, width, rounded), blocks = width / BLOCK, rowBytes = <usize>width, scaleBytes = <usize>blocks << 2;
  let best: i32 = 0, most: f32 = -Infinity;
  for (let i: i32 = 0; i < outputs; i += 4) {
    const id = ids + (<usize>i << 2);
    let a = f32x4.splat(0), b = a, c = a, d = a;
    const one = <usize>load<u32>(id), two = <usize>load<u32>(id, 4), three = <usize>load<u32>(id, 8), four = <usize>load<u32>(id, 12);
    let p = embedding + one * rowBytes, q = embedding + two * rowBytes, r = embedding + three * rowBytes, s = embedding + four * rowBytes;
    let ps = embeddingScales + one * scaleBytes, qs = embeddingScales + two * scaleBytes;
    let rs = embeddingScales + three * scaleBytes, ss = embeddingScales + four * scaleBytes;
    let x = rounded;
    for (let j: i32 = 0; j < blocks; j++) {
      const x0 = v128.load(x), x1 = v128.load(x, 16), x2 = v128.load(x, 32), x3 = v128.load(x, 48);
      a = block(p, x0, x1, x2, x3, ps, a);
      b = block(q, x0, x1, x2, x3, qs, b);
      c = block(r, x0, x1, x2, x3, rs, c);
      d = block(s, x0, x1, x2, x3, ss, d);
      p += BLOCK;
      q += BLOCK;
      r += BLOCK;
      s += BLOCK;
      ps += 4;
      qs += 4;
      rs += 4;
      ss += 4;
      x += BLOCK * 2;
    }
    const v = f32x4.mul(sums(a, b, c, d), f32x4.splat(factor));
    v128.store(scores + (<usize>i << 2), v);
    if (v128.any_true(f32x4.gt(v, f32x4.splat(most)))) {
      for (let lane: i32 = 0; lane < 4; lane++) {
        const score = load<f32>(scores + (<usize>(i + lane) << 2));
        if (score > most) { most = score; best = i + lane; }
      }
    }
  }
  probability = shareOf(scores, outputs, most);
  return load<i32>(ids + (<usize>best << 2));
}
