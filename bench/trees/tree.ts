import type { Saying } from './walk.ts';

/** A guess in a tree: right if all above it are right and it is the next token. */
export interface Node {
  readonly token: number;
  readonly depth: number;
  readonly parent: Node | undefined;
  /** The draft that brought it, and where its branch leaves the trunk; −1 on the trunk itself. */
  readonly draft: string;
  readonly forked: number;
  readonly children: Node[];
  /** Estimated chance that it is right. */
  chance: number;
}

/** The union of proposals as a tree. The first is the trunk; a token that stands there already is not put in twice. */
export function treeOf(sayings: readonly Saying[]): Node[] {
  const nodes: Node[] = [];
  const roots: Node[] = [];
  for (const [order, { id, tokens }] of sayings.entries()) {
    let parent: Node | undefined;
    let forked = -1;
    for (const [depth, token] of tokens.entries()) {
      const siblings: Node[] = parent ? parent.children : roots;
      let node = siblings.find((each) => each.token === token);
      if (!node) {
        if (order > 0 && forked < 0) forked = depth;
        node = { token, depth, parent, draft: id, forked, children: [], chance: 0 };
        siblings.push(node);
        nodes.push(node);
      } else forked = node.forked;
      parent = node;
    }
  }
  return nodes;
}

/** Right guesses in a row of the best branch among `nodes`, given what follows. */
export function rightIn(nodes: Iterable<Node>, path: readonly number[], at: number): number {
  let best = 0;
  for (const node of nodes) {
    if (node.depth + 1 > best && isRight(node, path, at)) best = node.depth + 1;
  }
  return best;
}

/** Whether a node and all above it stand on the path. */
export function isRight(node: Node, path: readonly number[], at: number): boolean {
  for (let each: Node | undefined = node; each; each = each.parent) {
    if (path[at + each.depth] !== each.token) return false;
  }
  return true;
}

/**
 * The nodes worth most at a price, in tokens a millisecond: likeliest first, as many as bring more than they take. A node
 * is never likelier than the one above it, so what is taken is a tree.
 */
export function bestNodes(
  nodes: readonly Node[],
  millis: (rows: number) => number,
  price: number,
  budget: number,
): { readonly nodes: Node[]; readonly value: number } {
  const likely = [...nodes].sort((a, b) => b.chance - a.chance || a.depth - b.depth).slice(0, budget);
  let gain = 1;
  let value = gain - price * millis(1);
  let count = 0;
  for (const [i, { chance }] of likely.entries()) {
    gain += chance;
    const here = gain - price * millis(i + 2);
    if (here > value) {
      value = here;
      count = i + 1;
    }
  }
  return { nodes: likely.slice(0, count), value };
}

/** How often branches beside the trunk were right, by what is known of them: counted on other prompts. */
export class BranchRates {
  private readonly right = new Map<string, number>();
  private readonly all = new Map<string, number>();

  observe(node: Node, trunk: ArrayLike<number>, right: boolean): void {
    const key = keyOf(node, trunk);
    this.all.set(key, (this.all.get(key) ?? 0) + 1);
    if (right) this.right.set(key, (this.right.get(key) ?? 0) + 1);
  }

  chance(node: Node, trunk: ArrayLike<number>): number {
    const key = keyOf(node, trunk);
    // A rate that was seldom seen is taken to be low.
    return (this.right.get(key) ?? 0) / ((this.all.get(key) ?? 0) + 4);
  }
}

/** Who says it, where it leaves the trunk, how far behind that it stands, and how likely the trunk is there. */
function keyOf({ draft, depth, forked }: Node, trunk: ArrayLike<number>): string {
  const before = forked === 0 ? 1 : (trunk[forked - 1] ?? 0);
  const wrong = before - (trunk[forked] ?? 0);
  const bucket = Math.min(7, Math.floor(10 * wrong));
  return `${draft} ${Math.min(forked, 2)} ${Math.min(depth - forked, 4)} ${bucket}`;
}
