import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ARM_CLASSES, armClass } from '../../../../src/engine/policy/armClasses.ts';
import { agreement, Features } from '../../../../src/engine/policy/features.ts';
import { FEATURES, SHARED } from '../../../../src/engine/policy/layout.ts';
import type { HeardDraft } from '../../../../src/engine/policy/listen.ts';
import type { RoundOutcome } from '../../../../src/engine/policy/policy.ts';
import { TOKEN_KINDS } from '../../../../src/engine/policy/tokenKinds.ts';
import { SparseRow } from '../../../../src/selection/sparseRow.ts';
import { Random } from '../../../toy/random.ts';

const kinds = Uint8Array.from({ length: 44 }, (_, token) => token % 11);
const NEWLINE = TOKEN_KINDS.indexOf('newline');
const context = { language: 'python', task: 'complete', prompt: [3, 4, 5] };

const IDS = ['suffix', 'ngram', 'edit', 'small'];

const evidence = (
  id: string,
  tokens: readonly number[] | undefined,
  more: Partial<HeardDraft> = {},
): HeardDraft => ({
  id,
  arm: armClass(id, [], 'python'),
  slot: IDS.indexOf(id),
  timed: false,
  match: 0,
  tokens,
  probabilities: undefined,
  support: undefined,
  more: false,
  behind: 0,
  ...more,
});

/** The numbers of a draft, zeros included. */
function numbers(features: Features, own: HeardDraft, all: readonly HeardDraft[] = [own]): Float64Array {
  const dense = new Float64Array(FEATURES);
  const row = new SparseRow(FEATURES);
  const seen = new Set<number>();
  for (const part of ['shared', 'own']) {
    if (part === 'shared') features.writeShared(row);
    else features.writeOwn(row, own, all);
    for (let i = 0; i < row.length; i++) {
      const place = row.places[i]!;
      assert.ok(!seen.has(place), `${place} is written twice`);
      assert.equal(place < SHARED, part === 'shared', `${place} is no number of the ${part} part`);
      seen.add(place);
      dense[place] = row.values[i]!;
    }
  }
  return dense;
}

const outcome = (committed: readonly number[], more: Partial<RoundOutcome> = {}): RoundOutcome => ({
  draft: undefined,
  drafted: 0,
  accepted: 0,
  committed,
  millis: 1,
  ...more,
});

function randomEvidence(random: Random): HeardDraft[] {
  return IDS.map((id) => {
    const tokens = random.list(random.int(0, 20), () => random.int(0, 43));
    if (id === 'small') return evidence(id, undefined, { behind: random.int(0, 99) });
    const probabilities = id === 'ngram' ? tokens.map(() => random.next()) : undefined;
    return evidence(id, tokens, { match: random.int(0, 60), probabilities });
  });
}

describe('the numbers that a policy looks at', () => {
  test('are all written, finite and small, whatever was decoded', () => {
    for (let seed = 0; seed < 60; seed++) {
      const random = new Random(seed);
      const prompt = random.list(random.int(0, 400), () => random.int(0, 60));
      const language = random.pick(['python', 'typescriptreact', 'cobol', '', 'markdown']);
      const features = new Features({ language, task: random.pick(['complete', 'odd']), prompt }, kinds);
      for (let round = 0; round < 30; round++) {
        const all = randomEvidence(random);
        for (const own of all) {
          const row = numbers(features, own, all);
          assert.ok(
            row.every((value) => value >= 0 && value <= 3),
            `seed ${seed}: ${row}`,
          );
        }
        features.observe(outcome(random.list(random.int(1, 20), () => random.int(0, 60))), all);
      }
    }
  });

  test('depend on nothing that is not known at that moment', () => {
    // Two futures of one past: the numbers part only after the round in which the texts do.
    for (let seed = 0; seed < 30; seed++) {
      const random = new Random(seed);
      const rounds = random.list(12, () => ({
        all: randomEvidence(random),
        committed: random.list(random.int(1, 5), () => random.int(0, 43)),
      }));
      const parting = random.int(2, 10);
      const seen = [false, true].map((other) => {
        const features = new Features(context, kinds);
        return rounds.map(({ all, committed }, at) => {
          const rows = all.map((own) => numbers(features, own, all).join());
          const change = other && at >= parting;
          features.observe(outcome(change ? [NEWLINE, 3] : committed), all);
          return rows;
        });
      });
      assert.deepEqual(seen[0]!.slice(0, parting + 1), seen[1]!.slice(0, parting + 1));
      assert.notDeepEqual(seen[0]!.slice(parting + 1), seen[1]!.slice(parting + 1));
    }
  });

  test('look at kinds of tokens, never at the tokens', () => {
    for (let seed = 0; seed < 30; seed++) {
      const random = new Random(seed);
      const rounds = random.list(10, () => ({
        all: randomEvidence(random),
        committed: random.list(random.int(1, 5), () => random.int(0, 10)),
      }));
      // Every token replaced by another of its kind, the same one everywhere.
      const shifted = (tokens: readonly number[]) => tokens.map((token) => (token + 11) % 44);
      const plain = new Features(context, kinds);
      const other = new Features({ ...context, prompt: shifted(context.prompt) }, kinds);
      for (const { all, committed } of rounds) {
        const allShifted = all.map((each) => ({ ...each, tokens: each.tokens && shifted(each.tokens) }));
        for (const [i, own] of all.entries()) {
          assert.deepEqual(numbers(other, allShifted[i]!, allShifted), numbers(plain, own, all));
        }
        plain.observe(outcome(committed), all);
        other.observe(outcome(shifted(committed)), allShifted);
      }
    }
  });

  test('tell a draft that does well from one that does not', () => {
    const features = new Features(context, kinds);
    const [good, bad] = [evidence('suffix', [3, 4, 5]), evidence('edit', [9, 9])];
    const [newGood, newBad] = [numbers(features, good), numbers(features, bad)];
    for (let round = 0; round < 5; round++) features.observe(outcome([3, 4, 5]), [good, bad]);
    const rise = (row: Float64Array, before: Float64Array) =>
      row.filter((value, i) => i >= SHARED && value > before[i]!).length;
    // That it is remembered, that its first guess was right, how far it was: three numbers; of the other, one.
    const shared = (own: HeardDraft) => numbers(features, own);
    assert.equal(rise(shared(good), newGood) - rise(shared(bad), newBad), 2);
  });

  test('remember a draft that costs time only by the rounds in which it was asked', () => {
    const features = new Features(context, kinds);
    const silent = evidence('small', undefined);
    const own = (row: Float64Array) => row.slice(SHARED).join();
    const before = own(numbers(features, silent));
    features.observe(outcome([3, 4]), [silent]);
    assert.equal(own(numbers(features, silent)), before);
    features.observe(outcome([3, 4], { draft: 'small', drafted: 2, accepted: 1 }), [silent]);
    assert.notEqual(own(numbers(features, silent)), before);
  });

  test('tell whether the others say the same', () => {
    const features = new Features(context, kinds);
    const own = evidence('suffix', [3, 4]);
    const alone = numbers(features, own, [own]);
    const agreeing = numbers(features, own, [own, evidence('ngram', [3])]);
    const disagreeing = numbers(features, own, [own, evidence('ngram', [14])]);
    assert.notDeepEqual(agreeing, disagreeing);
    assert.notDeepEqual(agreeing, alone);
    assert.notDeepEqual(disagreeing, alone);
  });
});

describe('classes of drafts', () => {
  test('are names for those that copy, and home or foreign for the others', () => {
    assert.equal(ARM_CLASSES[armClass('suffix', [], 'python')], 'suffix');
    assert.equal(ARM_CLASSES[armClass('ensemble:stack', [], 'python')], 'stack');
    assert.equal(ARM_CLASSES[armClass('draft-py', ['python'], 'python')], 'home');
    assert.equal(ARM_CLASSES[armClass('draft-py', ['python'], 'go')], 'foreign');
  });
});

test('agreement is the length of the common start', () => {
  assert.equal(agreement([1, 2, 3], [1, 2, 4]), 2);
  assert.equal(agreement([1, 2], [1, 2, 4]), 2);
  assert.equal(agreement([], [1]), 0);
  assert.equal(agreement([2], [1]), 0);
});
