/**
 * How many random cases a property is tried on: all of them in the long run (`SLIPSTREAM_THOROUGH=1`, some twenty minutes), a quarter of
 * them otherwise. The cases are told by their seeds, so the short run tries the first of the long one's.
 */
export function cases(all: number): number {
  return process.env.SLIPSTREAM_THOROUGH ? all : Math.ceil(all / 4);
}
