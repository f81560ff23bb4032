import fc from 'fast-check';
import { properties } from './properties.ts';
import kept from './seeds.json';

/** What became of one property. */
interface Tried {
  readonly name: string;
  readonly cases: number;
  /** The smallest case that it does not hold for, and how to find it again. */
  readonly failure?: string;
}

/** A case that a property once failed for. */
interface Kept {
  /** How the name of the property begins. */
  readonly property: string;
  readonly seed: number;
  readonly path: string;
}

/**
 * Try every property on its share of the cases, and first on what it failed for before (`seeds.json`).
 * @param cases of all properties together
 */
export async function tryProperties(
  cases: number,
  seed: number,
  log: (line: string) => void,
): Promise<Tried[]> {
  const shares = properties.reduce((sum, { share }) => sum + share, 0);
  const tried: Tried[] = [];
  for (const { name, share, property } of properties) {
    const numRuns = Math.ceil((cases * share) / shares);
    const made = await property();
    let failure: string | undefined;
    const before = (kept as Kept[]).filter((one) => name.startsWith(one.property));
    for (const { seed: one, path } of [...before, { seed, path: undefined }]) {
      const options = {
        seed: one,
        numRuns: path === undefined ? numRuns : 1,
        ...(path === undefined ? {} : { path }),
      };
      const found = await fc.check(made, options);
      if (found.failed) {
        failure = `seed ${found.seed}, path ${found.counterexamplePath}: ${found.errorInstance} ${JSON.stringify(found.counterexample).slice(0, 500)}`;
        break;
      }
    }
    log(
      `${failure === undefined ? 'ok' : 'FAILED'} ${name}: ${numRuns} cases${failure ? `\n  ${failure}` : ''}`,
    );
    tried.push({ name, cases: numRuns, ...(failure === undefined ? {} : { failure }) });
  }
  return tried;
}
