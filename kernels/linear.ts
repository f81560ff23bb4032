// What the kernels of small models share: products of 8 bit matrices with vectors, norms and exponentials, on vectors of 128 bit.
//
// Matrices are [rows, columns] of int8, rows a multiple of 4, with a float scale for every BLOCK columns. Activations are rounded to 16
// bit with one scale for the vector: the products of a block, at most 32 * 127 * 32767, fit 32 bit.

export const BLOCK: i32 = 32;

@inline export function sum(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3);
}

/** The sums of four vectors as one. */
@inline export function sums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

/** x[n] floats to int16 at `rounded`; returns the scale. */
export function round(x: usize, n: i32, rounded: usize): f32 {
  let most = f32x4.splat(0);
  for (let i: i32 = 0; i < n; i += 4) most = f32x4.max(most, f32x4.abs(v128.load(x + (<usize>i << 2))));
  const m = max(max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)), max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)));
  if (m == 0) {
    memory.fill(rounded, 0, <usize>n << 1);
    return 0;
  }
  const factor = f32x4.splat(32767 / m);
  for (let i: i32 = 0; i < n; i += 8) {
    const at = x + (<usize>i << 2);
    const low = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(at), factor)));
    const high = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(at, 16), factor)));
    v128.store(rounded + (<usize>i << 1), i16x8.narrow_i32x4_s(low, high));
  }
  return m / 32767;
}

@inline function dot8(codes: usize, x: v128): v128 { return i32x4.dot_i16x8_s(v128.load_ext<i8>(codes), x); }

@inline export function block(codes: usize, x0: v128, x1: v128, x2: v128, x3: v128, scale: usize, total: v128): v128 {
  const s = i32x4.add(i32x4.add(dot8(codes, x0), dot8(codes + 8, x1)), i32x4.add(dot8(codes + 16, x2), dot8(codes + 24, x3)));
  return f32x4.add(total, f32x4.mul(f32x4.convert_i32x4_s(s), v128.load_splat<f32>(scale)));
}

/** out[rows] = matrix · x, x as `round` left it at `rounded`. Four rows at a time share what is loaded of x. */
export function multiply(codes: usize, scales: usize, rows: i32, columns: i32, rounded: usize, factor: f32, out: usize): void {
  const blocks = columns / BLOCK;
  const rowBytes = <usize>columns, scaleBytes = <usize>blocks << 2;
  for (let row: i32 = 0; row < rows; row += 4) {
    let a = f32x4.splat(0), b = a, c = a, d = a;
    let at = codes + <usize>row * rowBytes, scale = scales + <usize>row * scaleBytes, x = rounded;
    for (let i: i32 = 0; i < blocks; i++) {
      const x0 = v128.load(x), x1 = v128.load(x, 16), x2 = v128.load(x, 32), x3 = v128.load(x, 48);
      a = block(at, x0, x1, x2, x3, scale, a);
      b = block(at + rowBytes, x0, x1, x2, x3, scale + scaleBytes, b);
      c = block(at + 2 * rowBytes, x0, x1, x2, x3, scale + 2 * scaleBytes, c);
      d = block(at + 3 * rowBytes, x0, x1, x2, x3, scale + 3 * scaleBytes, d);
      at += BLOCK;
      scale += 4;
      x += BLOCK * 2;
    }
    v128.store(out + (<usize>row << 2), f32x4.mul(sums(a, b, c, d), f32x4.splat(factor)));
  }
}

/** out[width] = weight * x / root mean square of x (Zhang and Sennrich 2019). */
export function normalize(x: usize, weight: usize, out: usize, width: i32, epsilon: f32): void {
  let squares = f32x4.splat(0);
  for (let i: i32 = 0; i < width; i += 4) {
    const v = v128.load(x + (<usize>i << 2));
    squares = f32x4.add(squares, f32x4.mul(v, v));
  }
  const factor = f32x4.splat(<f32>1 / sqrt<f32>(sum(squares) / <f32>width + epsilon));
  for (let i: i32 = 0; i < width; i += 4) {
    const o = <usize>i << 2;
    v128.store(out + o, f32x4.mul(f32x4.mul(v128.load(x + o), factor), v128.load(weight + o)));
  }
}

/** e to the power of x: 2^n times a polynomial on the rest, relative error below 1e-6. */
@inline export function exp4(x: v128): v128 {
  const y = f32x4.max(f32x4.min(f32x4.mul(x, f32x4.splat(1.4426950408889634)), f32x4.splat(126)), f32x4.splat(-126));
  const n = f32x4.nearest(y);
  const r = f32x4.mul(f32x4.sub(y, n), f32x4.splat(0.6931471805599453));
  let p = f32x4.splat(1 / 720.0);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1 / 120.0));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1 / 24.0));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1 / 6.0));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.5));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(p, power);
}

/** x[width] += y. */
export function add(x: usize, y: usize, width: i32): void {
  for (let o: usize = 0; o < <usize>width << 2; o += 16) v128.store(x + o, f32x4.add(v128.load(x + o), v128.load(y + o)));
}

/** both[2 inner], gate and up: the first half becomes silu(gate) * up (Shazeer 2020). */
export function swiglu(both: usize, inner: i32): void {
  for (let i: i32 = 0; i < inner; i += 4) {
    const p = both + (<usize>i << 2), gate = v128.load(p), up = v128.load(p + (<usize>inner << 2));
    v128.store(p, f32x4.div(f32x4.mul(gate, up), f32x4.add(f32x4.splat(1), exp4(f32x4.neg(gate)))));
  }
}

/** out[width] = row of an 8 bit matrix [rows, width]. */
export function rowOf(codes: usize, scales: usize, row: i32, width: i32, out: usize): void {
  const blocks = width / BLOCK;
  for (let b: i32 = 0; b < blocks; b++) {
    const scale = v128.load_splat<f32>(scales + (<usize>(row * blocks + b) << 2));
    for (let i: i32 = 0; i < BLOCK; i += 8) {
      const part = v128.load_ext<i8>(codes + <usize>(row * width + b * BLOCK + i)), at = out + (<usize>(b * BLOCK + i) << 2);
      v128.store(at, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(part)), scale));
      v128.store(at, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(part)), scale), 16);
    }
  }
}

/** The share of the largest of logits[count], `most`, in their softmax. */
export function shareOf(logits: usize, count: i32, most: f32): f32 {
  let total = f32x4.splat(0);
  const shift = f32x4.splat(most);
  for (let i: i32 = 0; i < count; i += 4) total = f32x4.add(total, exp4(f32x4.sub(v128.load(logits + (<usize>i << 2)), shift)));
  return <f32>1 / sum(total);
}
