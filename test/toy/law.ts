/** Laws of what a random procedure writes, by running every course that chance can take. */

/** Draws one of the places of a list of whole-number weights. */
export type Choose = (weights: readonly number[]) => number;

/** A law over texts: how many of `whole` parts each text has. */
export type Law = ReadonlyMap<string, bigint>;

/** What a procedure has around it: chance, and somebody who may decide whatever is his to decide. */
export interface Fate {
  readonly choose: Choose;
  /** A whole number below `count`, chosen by an adversary who knows all that has happened. */
  pick(count: number): number;
}

/** A point where a run can go on in several ways. */
interface Fork {
  readonly weights: readonly number[] | undefined;
  readonly branches: Map<number, Node>;
}
type Node = Fork | { readonly text: string };

/** Everything that can come of a procedure. */
export interface Tree {
  readonly root: Node;
  readonly texts: ReadonlySet<string>;
  /** Courses that were run. */
  readonly courses: number;
}

/** Run a procedure once for every way that chance and the adversary can decide. It must do the same in the same course. */
export async function explore(run: (fate: Fate) => Promise<readonly number[]>): Promise<Tree> {
  let root: Node | undefined;
  const texts = new Set<string>();
  let courses = 0;
  for (let script: readonly number[] | undefined = []; script; courses++) {
    const forks: Fork[] = [];
    const taken: number[] = [];
    const decide = (weights: readonly number[] | undefined, first: number) => {
      const at = taken.length;
      const parent = forks[at - 1];
      const known = parent ? parent.branches.get(taken[at - 1]!) : root;
      const fork: Fork = known && 'branches' in known ? known : { weights, branches: new Map() };
      if (parent) parent.branches.set(taken[at - 1]!, fork);
      else root = fork;
      forks.push(fork);
      const branch = script?.[at] ?? first;
      taken.push(branch);
      return branch;
    };
    const counts: number[] = [];
    const text = (
      await run({
        choose: (weights) => {
          counts.push(weights.length);
          return decide(
            weights,
            weights.findIndex((weight) => weight > 0),
          );
        },
        pick: (count) => {
          counts.push(count);
          return decide(undefined, 0);
        },
      })
    ).join(' ');
    texts.add(text);
    const last = forks[forks.length - 1];
    if (last) last.branches.set(taken[taken.length - 1]!, { text });
    else root = { text };
    script = nextScript(forks, taken, counts);
  }
  return { root: root!, texts, courses };
}

/** The next course in the order of scripts, or undefined after the last. */
function nextScript(forks: readonly Fork[], taken: readonly number[], counts: readonly number[]) {
  for (let at = taken.length - 1; at >= 0; at--) {
    for (let branch = taken[at]! + 1; branch < counts[at]!; branch++) {
      if ((forks[at]!.weights?.[branch] ?? 1) > 0) return [...taken.slice(0, at), branch];
    }
  }
  return undefined;
}

/** A fraction of whole numbers, not below zero. */
interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}

const ZERO: Fraction = { over: 0n, under: 1n };
const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));

function fraction(over: bigint, under: bigint): Fraction {
  const divisor = gcd(over, under);
  return { over: over / divisor, under: under / divisor };
}

/** The least and the greatest probability that an adversary can give a text; equal where he has no influence. */
function bounds({ root }: Tree, text: string): { least: Fraction; most: Fraction } {
  return { least: extreme(root, text, (a, b) => a < b), most: extreme(root, text, (a, b) => a > b) };
}

function extreme(node: Node, text: string, better: (a: bigint, b: bigint) => boolean): Fraction {
  if ('text' in node) return node.text === text ? { over: 1n, under: 1n } : ZERO;
  const values = [...node.branches].map(([branch, next]) => [branch, extreme(next, text, better)] as const);
  if (!node.weights) {
    return values
      .map(([, value]) => value)
      .reduce((a, b) => (better(b.over * a.under, a.over * b.under) ? b : a));
  }
  const weights = node.weights;
  const whole = BigInt(weights.reduce((a, b) => a + b, 0));
  return values.reduce(
    (total, [branch, { over, under }]) =>
      sum(total, { over: over * BigInt(weights[branch]!), under: under * whole }),
    ZERO,
  );
}

function sum(a: Fraction, b: Fraction): Fraction {
  return fraction(a.over * b.under + b.over * a.under, a.under * b.under);
}

/** The law of a procedure in which nobody but chance decides. */
export async function lawOf(run: (choose: Choose) => Promise<readonly number[]>): Promise<Law> {
  const { root } = await explore(({ choose }) => run(choose));
  const chances = new Map<string, Fraction>();
  const walk = (node: Node, chance: Fraction) => {
    if ('text' in node) {
      chances.set(node.text, sum(chances.get(node.text) ?? ZERO, chance));
      return;
    }
    const weights = node.weights!;
    const whole = BigInt(weights.reduce((a, b) => a + b, 0));
    for (const [branch, next] of node.branches) {
      walk(next, fraction(chance.over * BigInt(weights[branch]!), chance.under * whole));
    }
  };
  walk(root, { over: 1n, under: 1n });
  const whole = [...chances.values()].reduce((lcm, { under }) => (lcm / gcd(lcm, under)) * under, 1n);
  const entries = [...chances].map(([text, { over, under }]): [string, bigint] => [
    text,
    (over * whole) / under,
  ]);
  return new Map([...entries.sort(([a], [b]) => (a < b ? -1 : 1)), ['whole', whole]]);
}

/**
 * Texts that an adversary can make more or less likely than the law says, the worst of all his ways to decide counting for
 * each. Empty when what he decides has no influence whatever.
 */
export function biased(tree: Tree, law: Law): string[] {
  const whole = law.get('whole')!;
  const texts = new Set([...tree.texts, ...law.keys()]);
  texts.delete('whole');
  return [...texts].filter((text) => {
    const expected = fraction(law.get(text) ?? 0n, whole);
    const { least, most } = bounds(tree, text);
    return [least, most].some(({ over, under }) => over * expected.under !== expected.over * under);
  });
}
