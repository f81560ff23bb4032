// One guess of a draft that reads its target's hidden state (src/runtime/stateModel.ts), in WebAssembly: a state begins as a product of
// what the target computed, and each token turns it into the next. Formulas: training/state/network.py.
import { add, multiply, normalize, round, rowOf, shareOf, swiglu } from './linear';

/** Where free memory begins. */
export const start: usize = __heap_base;
/** Probability of the last predicted token among the ids of the head. */
export let probability: f32 = 0;

let features: i32, width: i32, inner: i32, outputs: i32;
let epsilon: f32;
let first: usize, firstScales: usize, inward: usize, inwardScales: usize, down: usize, downScales: usize;
let embedding: usize, embeddingScales: usize, norm1: usize, norm2: usize;
let given: usize, stream: usize, both: usize, wide: usize, added: usize, rounded: usize, scores: usize;

export function shape(f: i32, w: i32, i: i32, o: i32, e: f32): void {
  features = f;
  width = w;
  inner = i;
  outputs = o;
  epsilon = e;
}
/** Codes and scales of the matrices (`inward`: gate, up and what goes on as it is), then the norms. The embedding has a row more than outputs: all other tokens. */
export function weights(f: usize, fs: usize, g: usize, gs: usize, d: usize, ds: usize, e: usize, es: usize, a: usize, b: usize): void {
  first = f;
  firstScales = fs;
  inward = g;
  inwardScales = gs;
  down = d;
  downScales = ds;
  embedding = e;
  embeddingScales = es;
  norm1 = a;
  norm2 = b;
}
/** Bytes of scratch memory that the shape needs. */
export function scratchBytes(): usize {
  return place(0);
}
export function scratch(at: usize): void {
  place(at);
}
/** Where the host writes what the target computed, floats [features]. */
export function givenAt(): usize {
  return given;
}

/** Lay out scratch memory from `at` on; returns where it ends. */
function place(at: usize): usize {
  given = at;
  stream = given + (<usize>features << 2);
  both = stream + (<usize>width << 2);
  wide = both + (<usize>width << 3);
  added = wide + (<usize>(2 * inner + width) << 2);
  rounded = added + (<usize>width << 2);
  scores = rounded + (<usize>max(features, max(2 * width, inner)) << 1);
  return scores + (<usize>outputs << 2);
}

/** Begin at what the target computed. */
export function begin(): void {
  multiply(first, firstScales, width, features, rounded, round(given, features, rounded), stream);
}

/** Go on by the token in row `row` of the embedding. */
export function step(row: i32): void {
  normalize(stream, norm1, both, width, epsilon);
  rowOf(embedding, embeddingScales, row, width, both + (<usize>width << 2));
  multiply(inward, inwardScales, 2 * inner + width, 2 * width, rounded, round(both, 2 * width, rounded), wide);
  swiglu(wide, inner);
  multiply(down, downScales, width, inner, rounded, round(wide, inner, rounded), added);
  memory.copy(stream, wide + (<usize>inner << 3), <usize>width << 2);
  add(stream, added, width);
}

/** The row of the likeliest next token; see `probability`. */
export function predict(): i32 {
  normalize(stream, norm2, both, width, epsilon);
  multiply(embedding, embeddingScales, outputs, width, rounded, round(both, width, rounded), scores);
  let best: i32 = 0, most: f32 = -Infinity;
  for (let i: i32 = 0; i < outputs; i++) {
    const score = load<f32>(scores + (<usize>i << 2));
    if (score > most) {
      most = score;
      best = i;
    }
  }
  probability = shareOf(scores, outputs, most);
  return best;
}
