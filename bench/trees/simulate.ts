import { type InstantSession, noSupport } from '../../src/engine/drafts/draft.ts';
import { type CostTable, passMillis } from '../../src/engine/policy/costs.ts';
import { Features } from '../../src/engine/policy/features.ts';
import { Listener } from '../../src/engine/policy/listen.ts';
import { PassClock } from '../../src/engine/policy/passClock.ts';
import { Planner, placeGroup } from '../../src/engine/policy/planner.ts';
import type { PolicyWeights } from '../../src/engine/policy/trained.ts';
import { oraclePath } from '../../src/selection/oracle.ts';
import { SparseNetwork } from '../../src/selection/sparseNetwork.ts';
import { Rate } from '../../src/selection/throughput.ts';
import { type BranchRates, bestNodes, isRight, type Node, rightIn, treeOf } from './tree.ts';
import type { Saying, Walk } from './walk.ts';

/** Most guesses of a tree. */
const BUDGET = 63;
/** Tokens that a round is taken to bring before any was seen, as the policy has it. */
const START_GAIN = 1.8;
/** Node of a tree that was not on the trunk, given to the count of how often those are right. */
export type OnBranch = (node: Node, trunk: ArrayLike<number>, right: boolean) => void;

/** How a round is decided. */
export type Way =
  /** One draft and length, as the trained policy chooses. */
  | { readonly kind: 'single'; readonly onBranch?: OnBranch }
  /** The single plan, and all that the other drafts say verified for nothing: a bound. */
  | { readonly kind: 'free branches' }
  /** A tree of what all drafts say, for what its rows cost and a share of a pass more. */
  | { readonly kind: 'tree'; readonly rates: BranchRates; readonly extra: number };

export interface Machine {
  readonly weights: PolicyWeights;
  readonly costs: CostTable;
  readonly kinds: Uint8Array;
  /** Milliseconds of a round beside passes. */
  readonly overhead: number;
}

export interface Total {
  millis: number;
  tokens: number;
  rounds: number;
  /** Rows scored, that of the last token included. */
  rows: number;
}

/** Decode recorded walks one after the other in a way. */
export function simulate(walks: readonly Walk[], machine: Machine, way: Way): Total {
  const { weights, costs, kinds, overhead } = machine;
  const network = SparseNetwork.from(weights.network);
  const clock = new PassClock(costs.target);
  const planner = new Planner(network, clock, costs);
  const rate = new Rate(START_GAIN, clock.millis(2, 0));
  const total: Total = { millis: 0, tokens: 0, rounds: 0, rows: 0 };
  for (const { path, said, prompt, language } of walks) {
    const features = new Features({ language, task: 'complete', prompt }, kinds);
    const listener = new Listener(new Map(), language, costs);
    let sayings: readonly Saying[] = [];
    const sessions = new Map(
      said[0]?.flatMap(({ id }, i) => (weights.arms.includes(id) ? [[id, recorded(() => sayings[i]!)]] : [])),
    );
    for (let at = 0; at < path.length; ) {
      const context = prompt.length + at;
      const room = path.length - at - 1;
      sayings = said[at]!.map((each) => ({ ...each, tokens: each.tokens.slice(0, room) }));
      const heard = listener.listen(sessions);
      const price = weights.price * rate.value;
      planner.look(features, listener, context);
      const plan = planner.plan(price);
      const { id: first, slot = 0 } = plan?.evidence ?? heard.find(({ tokens }) => tokens?.length) ?? {};
      const trunk = sayings.find(({ id }) => id === first);
      const alive = trunk ? survival(planner, slot, trunk.tokens.length) : [];
      const tree = treeOf(trunk ? [trunk, ...sayings.filter((each) => each !== trunk)] : sayings);

      let drafted = plan?.length ?? 0;
      const onTrunk = (length: number) => tree.filter(({ forked, depth }) => forked < 0 && depth < length);
      let accepted = trunk ? rightIn(onTrunk(drafted), path, at) : 0;
      if (way.kind === 'single' && way.onBranch) {
        for (const node of tree) {
          if (node.forked >= 0) way.onBranch(node, alive, isRight(node, path, at));
        }
      }
      if (way.kind === 'free branches') {
        const branches = tree.filter(({ forked }) => forked >= 0 && forked <= drafted);
        accepted = Math.max(accepted, rightIn(branches, path, at));
      }
      let extra = 0;
      if (way.kind === 'tree') {
        for (const node of tree) {
          const own = node.forked < 0 && trunk ? alive[node.depth]! : way.rates.chance(node, alive);
          node.chance = Math.min(node.parent?.chance ?? 1, own);
        }
        const chosen = bestNodes(tree, (rows) => clock.millis(rows, context), price, BUDGET);
        drafted = chosen.nodes.length;
        accepted = rightIn(chosen.nodes, path, at);
        // A tree without a branch is a plan like any other.
        if (chosen.nodes.some(({ forked }) => forked >= 0)) extra = way.extra;
      }
      const pass = clock.millis(drafted + 1, context) * (1 + extra);
      const committed = path.slice(at, at + accepted + 1);
      features.observe({ draft: trunk?.id, drafted, accepted, committed, millis: pass }, heard);
      rate.observe(accepted + 1, pass);
      total.millis += pass + overhead;
      total.tokens += committed.length;
      total.rounds++;
      total.rows += drafted + 1;
      at += committed.length;
    }
  }
  return total;
}

/**
 * The least time when all is known beforehand. With that knowledge a tree holds only what is right, which is the beginning
 * of one draft's proposal: the bound of trees is that of single drafts.
 */
export function oracleMillis(walks: readonly Walk[], { costs, overhead }: Machine): number {
  let total = 0;
  for (const { path, said, prompt } of walks) {
    const runs = (at: number) => [{ arm: 0, steps: rightIn(treeOf(said[at]!), path, at) }];
    const millis = (_: number, length: number, at: number) => {
      const rows = Math.max(2, length + 1 + ((length + 1) % 2));
      return passMillis(costs.target, rows, prompt.length + at) + overhead;
    };
    total += oraclePath(path.length, runs, millis).millis;
  }
  return total;
}

/** A session that says what was recorded at the present place. */
function recorded(now: () => Saying): InstantSession {
  return {
    instant: true,
    commit: () => undefined,
    matchLength: () => now().match,
    behind: () => 0,
    support: () => now().support ?? noSupport(),
    propose(limit) {
      const { tokens, probabilities } = now();
      return { tokens: tokens.slice(0, limit), probabilities };
    },
  };
}

/** The policy's chances that the first 1, 2, … guesses of a draft are all right. */
function survival(planner: Planner, i: number, length: number): number[] {
  const alive: number[] = [];
  let all = 1;
  for (let place = 0; place < Math.min(length, 47); place++) {
    const group = placeGroup(place);
    all /= 1 + Math.exp(-planner.logit(i, group));
    alive.push(all);
  }
  return alive;
}
