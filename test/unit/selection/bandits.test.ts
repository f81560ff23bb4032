import assert from 'node:assert/strict';
import test from 'node:test';
import { seededRandom } from '../../../src/measure/statistics.ts';
import { type Bandit, Exp3, Ucb1 } from '../../../src/selection/bandits.ts';

const CHANCES = [0.2, 0.5, 0.8, 0.4];

/** Pull arms that pay 1 with their own chance. @returns pulls of each arm. */
function play(bandit: Bandit, rounds: number, seed: number): number[] {
  const random = seededRandom(seed);
  const pulls = CHANCES.map(() => 0);
  for (let t = 0; t < rounds; t++) {
    const arm = bandit.pick();
    pulls[arm]!++;
    bandit.observe(random() < CHANCES[arm]! ? 1 : 0);
  }
  return pulls;
}

const regretOf = (pulls: readonly number[]) =>
  pulls.reduce((sum, n, arm) => sum + n * (0.8 - CHANCES[arm]!), 0);

test('UCB1 stays below the regret that its theorem promises, and grows with the logarithm of time', () => {
  for (const rounds of [500, 5000]) {
    const bound =
      CHANCES.filter((p) => p < 0.8).reduce((sum, p) => sum + (8 * Math.log(rounds)) / (0.8 - p), 0) +
      (1 + Math.PI ** 2 / 3) * CHANCES.reduce((sum, p) => sum + (0.8 - p), 0);
    const regret = regretOf(play(new Ucb1(4), rounds, 1));
    assert.ok(regret < bound, `${regret} of ${bound}`);
  }
  const [short, long] = [500, 5000].map((rounds) => regretOf(play(new Ucb1(4), rounds, 1)));
  assert.ok(long! < 3 * short!, 'ten times the rounds cost far less than ten times the regret');
});

test('UCB1 pulls every arm once before it judges', () => {
  const bandit = new Ucb1(4);
  const seen = CHANCES.map(() => {
    const arm = bandit.pick();
    bandit.observe(0);
    return arm;
  });
  assert.deepEqual(seen, [0, 1, 2, 3]);
});

test('EXP3 stays below the regret that its theorem promises', () => {
  const rounds = 5000;
  const bound = 2 * Math.sqrt(rounds * 4 * Math.log(4));
  for (const seed of [1, 2, 3]) {
    const pulls = play(new Exp3(4, seededRandom(seed)), rounds, seed + 10);
    assert.ok(regretOf(pulls) < bound, `${regretOf(pulls)} of ${bound}`);
    assert.ok(pulls[2] === Math.max(...pulls));
  }
});

test('rewards outside [0, 1] are clipped', () => {
  const bandit = new Ucb1(2);
  for (const reward of [5, 1]) {
    bandit.pick();
    bandit.observe(reward);
  }
  // Both count as 1, so the first of equals is next; unclipped it would be far ahead for good.
  assert.equal(bandit.pick(), 0);
  bandit.observe(0);
  assert.equal(bandit.pick(), 1);
});
