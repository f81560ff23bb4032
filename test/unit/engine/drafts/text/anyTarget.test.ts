import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DraftModel } from '../../../../../src/engine/drafts/neural/neural.ts';
import { Speller, textOf } from '../../../../../src/engine/drafts/text/speller.ts';
import { type Bridge, TextDraft, tokensPerToken } from '../../../../../src/engine/drafts/text/textDraft.ts';
import { TextNgramDraft } from '../../../../../src/engine/drafts/text/textNgram.ts';
import { fixedDraft, noDraft } from '../../../../../src/engine/policy/fixed.ts';
import { seededSampler } from '../../../../../src/engine/sampling.ts';
import { runTrial, type World } from '../../../../toy/cases.ts';
import type { ToyModel } from '../../../../toy/markov.ts';
import { Random } from '../../../../toy/random.ts';
import { ToyTarget } from '../../../../toy/target.ts';
import { foreignTokenizers, randomText } from '../../../../toy/tokenizers.ts';

/** Texts that are generated; SLIPSTREAM_TEXTS=100000 for the long run of some minutes. */
const TEXTS = Number(process.env.SLIPSTREAM_TEXTS ?? 2000);
const CONTEXT = 160;

/** A target that recites a text, token by token, but for the noise that a temperature brings. */
function reciting(tokens: readonly number[], size: number): ToyModel {
  return {
    size,
    weights: (text) => {
      const next = tokens[text.length % tokens.length];
      return Array.from({ length: size }, (_, token) => (token === next ? 40 * size : token === 0 ? 1 : 4));
    },
  };
}

/** A draft that knows what follows the last few bytes in that text, and at times makes something up. */
function knowing(text: string, own: Speller, random: Random): DraftModel {
  const twice = Buffer.from(text + text);
  return {
    length: 0,
    resume: () => undefined,
    read: async () => undefined,
    guess(tokens, limit) {
      if (random.chance(0.1)) {
        const strange = random.list(random.int(1, limit), () => random.int(0, own.vocabulary.size - 1));
        return { tokens: strange, probabilities: strange.map(() => 0.5) };
      }
      const end = textOf(tokens.slice(-6), own.vocabulary);
      const at = twice.indexOf(end);
      const rest = at < 0 ? new Uint8Array() : twice.subarray(at + end.length);
      const guess = own.spell(rest).tokens.slice(0, limit);
      return { tokens: guess, probabilities: guess.map(() => 0.9) };
    },
  };
}

/**
 * Every draft that speaks text beside every target: byte-level, SentencePiece-like, one whose tokens lie across all borders, one that
 * changes the text. The texts are of several scripts, so tokens end inside characters.
 */
test(`a draft with other tokens never changes a text and never fails, in ${TEXTS} texts`, async () => {
  let drafted = 0;
  let accepted = 0;
  for (let seed = 0; seed < TEXTS; seed++) {
    const random = new Random(seed);
    const target = new Speller(random.pick(foreignTokenizers(random)));
    const own = new Speller(random.pick(foreignTokenizers(random)));
    const { vocabulary } = target;
    const recited = `${randomText(random, 12)}x`;
    const model = reciting(target.spell(Buffer.from(recited)).tokens, vocabulary.size);
    const prompt = target.spell(Buffer.from(recited + recited.slice(0, random.int(0, 5)))).tokens;
    const bridge: Bridge = {
      own,
      target,
      promptOf: (context) => own.spell(textOf(context.prompt, vocabulary)).tokens,
      ownPerToken: tokensPerToken(recited, own, target),
    };
    const draft = random.chance(0.8)
      ? new TextDraft('text', [], knowing(recited, own, random), bridge, random.pick([0, 0.3]))
      : new TextNgramDraft({ next: nextOf(recited, own) }, bridge);
    const policy = fixedDraft(draft.id, random.int(1, 8));
    const world: World = { random, vocabulary, model, contextLength: CONTEXT, drafts: [draft], policy };
    const maxTokens = random.int(1, 24);
    const stop = { endTokens: new Set([0]), maxTokens, singleLine: false, stopStrings: [] };
    const request = { prompt, language: 'toy', task: 'complete', skipBytes: 0, stop };
    const temperature = random.pick([0, 0.3, 1]);
    const decode = (some: World) =>
      runTrial(some, request, new ToyTarget(model, CONTEXT), seededSampler({ temperature, topP: 1, seed }));
    const plain = await decode({ ...world, drafts: [], policy: noDraft });
    const { result } = await decode(world);
    assert.deepEqual([result.ids, result.text], [plain.result.ids, plain.result.text], `seed ${seed}`);
    drafted += result.drafted;
    accepted += result.accepted;
  }
  assert.ok(accepted > 0.5 * drafted, `only ${accepted} of ${drafted} drafted tokens were right`);
  assert.ok(accepted > 3 * TEXTS, `only ${accepted} tokens were drafted right`);
});

/** A table that has learnt the text by its pairs of tokens. */
function nextOf(text: string, own: Speller) {
  const { tokens } = own.spell(Buffer.from(text + text));
  const next = new Map(tokens.map((token, at) => [token, tokens[at + 1] ?? 1]));
  return (context: readonly number[]) => {
    const token = next.get(context.at(-1) ?? 0);
    return token === undefined ? undefined : { token, probability: 0.8, order: 1 };
  };
}
