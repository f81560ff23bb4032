import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from '../../../src/engine/decoder.ts';
import type { Draft } from '../../../src/engine/drafts/draft.ts';
import { fixedDraft } from '../../../src/engine/policy/fixed.ts';
import { readAhead } from '../../../src/engine/reading.ts';
import { greedy } from '../../../src/engine/sampling.ts';
import { draftOf, greedyTokens } from '../../toy/drafts.ts';
import { markov } from '../../toy/markov.ts';
import { Random } from '../../toy/random.ts';
import { ToyTarget } from '../../toy/target.ts';
import { vocabularyOf } from '../../toy/vocabulary.ts';

const never = new AbortController().signal;
const random = new Random(3);
const model = markov(3, 12, 2);
const prompt = Array.from({ length: 90 }, () => random.int(1, 11));
const rest = { language: 'go', skipBytes: 0 };
const stop = { endTokens: new Set<number>(), maxTokens: 6, singleLine: false, stopStrings: [] };

/** An ensemble whose draft tells when it reads. */
function ensembleOf(languages: readonly string[] = []) {
  const target = new ToyTarget(model, 200);
  const read: number[] = [];
  const draft: Draft = {
    ...draftOf('slow', (text, limit) => greedyTokens(model, text, limit), languages),
    open(context) {
      const session = draftOf('slow', (text, limit) => greedyTokens(model, text, limit)).open(context);
      return {
        ...session,
        prepare: async () => {
          read.push(target.length);
        },
      };
    },
  };
  const vocabulary = vocabularyOf(Array.from({ length: model.size }, (_, i) => String.fromCharCode(97 + i)));
  return { target, read, ensemble: { target, vocabulary, drafts: [draft], policy: fixedDraft('slow', 2) } };
}

test('a draft reads while the target does, unless somebody waits; the text is the same', async () => {
  const one = ensembleOf();
  const request = { ...rest, prompt, task: 'complete', stop };
  const alone = await decode(one.ensemble, request, greedy, never, () => undefined);
  assert.equal(one.read.length, 1);
  const other = ensembleOf();
  const awaited = { ...other.ensemble, awaited: true };
  const asked = await decode(awaited, request, greedy, never, () => undefined);
  assert.deepEqual(other.read, []);
  assert.deepEqual(asked.ids, alone.ids);
});

test('what is read ahead is read by the target first, then by the drafts of the language', async () => {
  const { target, read, ensemble } = ensembleOf(['go']);
  await readAhead(ensemble, { ...rest, prompt }, never);
  assert.equal(target.length, prompt.length - 1);
  assert.deepEqual(read, [prompt.length - 1]);
  const foreign = ensembleOf(['rust']);
  await readAhead(foreign.ensemble, { ...rest, prompt }, never);
  assert.deepEqual(foreign.read, []);
});

test('reading ahead ends a slice after it was told to, and then no draft reads', async () => {
  const { target, read, ensemble } = ensembleOf();
  const told = new AbortController();
  target.afterPass = () => told.abort();
  await readAhead({ ...ensemble, slice: 16 }, { ...rest, prompt }, told.signal);
  assert.equal(target.length, 16);
  assert.deepEqual(read, []);
});
