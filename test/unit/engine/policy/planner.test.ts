import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DraftSession, InstantSession, Proposal } from '../../../../src/engine/drafts/draft.ts';
import { draftMillis } from '../../../../src/engine/policy/costs.ts';
import { Features } from '../../../../src/engine/policy/features.ts';
import { FEATURES } from '../../../../src/engine/policy/layout.ts';
import { type HeardDraft, Listener, LONGEST, LONGEST_NEURAL } from '../../../../src/engine/policy/listen.ts';
import { PassClock } from '../../../../src/engine/policy/passClock.ts';
import { OUTPUTS, Planner, placeGroup } from '../../../../src/engine/policy/planner.ts';
import { seededRandom } from '../../../../src/measure/statistics.ts';
import { Network } from '../../../../src/selection/network.ts';
import { SparseNetwork } from '../../../../src/selection/sparseNetwork.ts';
import { SparseRow } from '../../../../src/selection/sparseRow.ts';
import { bestPlan } from '../../../../src/selection/throughput.ts';
import { toyCosts } from '../../../toy/logs.ts';
import { Random } from '../../../toy/random.ts';

const kinds = Uint8Array.from({ length: 60 }, (_, token) => token % 11);
const costs = { ...toyCosts, drafts: { small: { token: 0.05, catchUp: 0.001 } } };
const never = new AbortController().signal;
const IDS = ['edit', 'suffix', 'ngram', 'ensemble:stack', 'small'];

/** The same session, for a draft that answers at once. */
function instantly(session: Omit<InstantSession, 'instant'>): InstantSession {
  return { ...session, instant: true };
}

function sessionsOf(random: Random, asked: number[]): Map<string, DraftSession> {
  return new Map(
    IDS.filter(() => random.chance(0.8)).map((id): [string, DraftSession] => {
      const most = id === 'ngram' ? 8 : random.pick([0, 1, 3, 8, 9, 20, 47, 60]);
      const tokens = random.list(most, () => random.int(0, 59));
      const probabilities = id === 'ngram' ? tokens.map(() => random.next()) : undefined;
      const match = random.int(0, 30);
      const behind = random.int(0, 9);
      const session = {
        commit: () => undefined,
        matchLength: () => match,
        behind: () => (id === 'small' ? behind : 0),
        propose(limit: number) {
          asked.push(limit);
          return {
            tokens: tokens.slice(0, limit),
            ...(probabilities ? { probabilities: probabilities.slice(0, limit) } : {}),
          };
        },
      };
      return [id, id === 'small' ? session : instantly(session)];
    }),
  );
}

/** The definition: every draft hears out, the network multiplies everything, and every length is weighed. */
function plainly(
  network: Network,
  clock: PassClock,
  features: Features,
  heard: readonly HeardDraft[],
  full: ReadonlyMap<string, DraftSession>,
  context: number,
  price: number,
) {
  let best: { id: string; length: number } | undefined;
  let most = 1 - price * clock.millis(1, context);
  const row = new SparseRow(FEATURES);
  for (const evidence of heard) {
    network.input.fill(0);
    features.writeShared(row);
    for (let i = 0; i < row.length; i++) network.input[row.places[i]!] = row.values[i]!;
    features.writeOwn(row, evidence, heard);
    for (let i = 0; i < row.length; i++) network.input[row.places[i]!] = row.values[i]!;
    const logits = network.run();
    const { tokens, timed, more } = evidence;
    if (!tokens) continue;
    const limit = evidence.id === 'ngram' ? 8 : LONGEST;
    const all = () => (full.get(evidence.id) as InstantSession).propose(limit).tokens.length;
    const said = timed ? (more ? LONGEST_NEURAL : tokens.length) : all();
    let alive = 1;
    const survival = Array.from({ length: said }, (_, place) => {
      alive *= 1 / (1 + Math.exp(-logits[placeGroup(place)]!));
      return alive;
    });
    const millis = (length: number) =>
      clock.millis(length + 1, context) +
      (timed && length > tokens.length ? draftMillis(costs, evidence.id, length - tokens.length, 0) : 0);
    const plan = bestPlan(survival, millis, price);
    if (plan.length === 0 || plan.value <= most) continue;
    most = plan.value;
    best = { id: evidence.id, length: plan.length };
  }
  return best;
}

describe('planning a round', () => {
  test('finds the plan that weighing everything finds, and asks for no more than it needs', () => {
    let drafted = 0;
    let far = 0;
    let bounded = 0;
    for (let seed = 0; seed < 400; seed++) {
      const random = new Random(seed);
      const uniform = seededRandom(seed);
      const plain = Network.random([FEATURES, 9, 8, OUTPUTS], uniform);
      for (const layer of plain.layers) for (let i = 0; i < layer.length; i++) layer[i]! += uniform() - 0.3;
      const clock = new PassClock(costs.target);
      for (let i = 0; i < 50; i++) clock.observe(random.int(1, 40), 100, 0.5 + 3 * random.next());
      const planner = new Planner(SparseNetwork.from(plain.toWeights(17)), clock, costs);
      const prompt = random.list(random.int(1, 200), () => random.int(0, 59));
      const features = new Features({ language: 'python', task: 'complete', prompt }, kinds);
      const listener = new Listener(new Map(), 'python', costs);
      const asked: number[] = [];
      const sessions = sessionsOf(random, asked);
      listener.listen(sessions);
      for (const evidence of listener.heard.filter(({ timed }) => timed)) {
        const limit = random.int(0, LONGEST_NEURAL);
        if (limit > 0)
          listener.hear(evidence, sessions.get(evidence.id)!.propose(limit, never) as Proposal, limit);
      }
      asked.length = 0;
      const price = 0.1 + random.int(0, 3) * random.next();
      const heard = listener.heard.filter(({ tokens }) => tokens?.length !== 0).map((each) => ({ ...each }));
      planner.look(features, listener, prompt.length);
      const plan = planner.plan(price);
      const most = Math.max(0, ...asked);
      const expected = plainly(plain, clock, features, heard, sessions, prompt.length, price);
      assert.deepEqual(plan && { id: plan.evidence.id, length: plan.length }, expected, `seed ${seed}`);
      if (plan) {
        drafted++;
        const { tokens, timed, more } = plan.evidence;
        assert.ok(plan.length <= (timed && more ? LONGEST_NEURAL : tokens!.length));
        if (plan.length > 8) far++;
        if (most <= 8 && heard.some(({ more }) => more)) bounded++;
      }
    }
    assert.ok(drafted > 100 && far > 10 && bounded > 10, `${drafted} plans, ${far} far, ${bounded} short`);
  });
});
