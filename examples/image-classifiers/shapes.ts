/** Drawn images with known answers: six shapes, turned, scaled, covered in part and buried in noise, each by chance. */

export const SIDE = 16;
export const PIXELS = SIDE * SIDE;
export const SHAPES = ['disc', 'square', 'triangle', 'cross', 'ring', 'bar'] as const;

export interface Picture {
  /** Brightness in rows, about 0 to 1, [PIXELS]. */
  readonly pixels: Float64Array;
  /** Index into {@link SHAPES}. */
  readonly shape: number;
}

/** A seeded source of numbers in [0, 1): the weights of the golden ratio, scrambled (splitmix, Steele et al., 2014). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let x = Math.imul(state ^ (state >>> 16), 0x7feb352d);
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
    return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32;
  };
}

/** Whether a point of the plane lies in a shape of about unit size. */
function inside(shape: number, x: number, y: number): boolean {
  const radius = Math.hypot(x, y);
  switch (SHAPES[shape]) {
    case 'disc':
      return radius < 0.9;
    case 'square':
      return Math.max(Math.abs(x), Math.abs(y)) < 0.8;
    case 'triangle':
      return y > -0.7 && y < 1 - 1.9 * Math.abs(x);
    case 'cross':
      return Math.min(Math.abs(x), Math.abs(y)) < 0.28 && Math.max(Math.abs(x), Math.abs(y)) < 0.95;
    case 'ring':
      return radius < 0.95 && radius > 0.5;
    default:
      return Math.abs(x) < 0.95 && Math.abs(y) < 0.3;
  }
}

/**
 * Draw a picture. Half of them are easy: upright, whole and nearly clean. The others are turned by any angle, may be
 * covered by a stripe, and have noise of any strength up to as strong as the shape itself.
 */
export function draw(random: () => number): Picture {
  const shape = Math.floor(random() * SHAPES.length);
  const easy = random() < 0.5;
  const angle = easy ? 0 : 2 * Math.PI * random();
  const scale = easy ? 5.5 : 3.5 + 3 * random();
  const noise = easy ? 0.1 : 0.1 + 0.6 * random();
  const [dx, dy] = [0, 0].map(() => (random() - 0.5) * (easy ? 1 : 4));
  const covered = !easy && random() < 0.5 ? Math.floor(random() * (SIDE - 4)) : SIDE;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const pixels = new Float64Array(PIXELS);
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      const x = (column - SIDE / 2 + 0.5 - dx!) / scale;
      const y = (row - SIDE / 2 + 0.5 - dy!) / scale;
      const seen = column < covered || column >= covered + 4;
      const lit = seen && inside(shape, cos * x - sin * y, sin * x + cos * y) ? 1 : 0;
      pixels[row * SIDE + column] = lit + noise * normal(random);
    }
  }
  return { pixels, shape };
}

/** A standard normal number (Box and Muller, 1958). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** How many pictures, drawn from a seed. */
export function pictures(count: number, seed: number): Picture[] {
  const random = seeded(seed);
  return Array.from({ length: count }, () => draw(random));
}
