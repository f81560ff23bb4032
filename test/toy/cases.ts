import assert from 'node:assert/strict';
import { type DecodeRequest, type DecodeResult, decode, type Piece } from '../../src/engine/decoder.ts';
import { LookupDraft } from '../../src/engine/drafts/copying/lookup.ts';
import { SuffixDraft } from '../../src/engine/drafts/copying/suffix.ts';
import { SuffixIndex } from '../../src/engine/drafts/copying/suffixIndex.ts';
import type { Draft } from '../../src/engine/drafts/draft.ts';
import { NeuralDraft } from '../../src/engine/drafts/neural/neural.ts';
import { PassGuesser } from '../../src/engine/drafts/neural/passGuesser.ts';
import { Speller, textOf } from '../../src/engine/drafts/text/speller.ts';
import { type Bridge, TextDraft } from '../../src/engine/drafts/text/textDraft.ts';
import { TextNgramDraft } from '../../src/engine/drafts/text/textNgram.ts';
import type { StopRules } from '../../src/engine/output.ts';
import { fixedDraft, noDraft } from '../../src/engine/policy/fixed.ts';
import type { Policy } from '../../src/engine/policy/policy.ts';
import { copyingRule, rule } from '../../src/engine/policy/rule.ts';
import { greedy, type Sampler } from '../../src/engine/sampling.ts';
import type { Target, Vocabulary } from '../../src/engine/target.ts';
import { fickle, temperedDrafts } from './drafts.ts';
import { largest, markov, type ToyModel, unlikely } from './markov.ts';
import { Random } from './random.ts';
import { type Plain, plainDecode } from './reference.ts';
import { ToyTarget } from './target.ts';
import { foreignTokenizers, greedyTokenizer, spacing } from './tokenizers.ts';
import { randomVocabulary } from './vocabulary.ts';

const END = 0;

/** A random world: a vocabulary, a model over it, drafts of every kind and a policy. */
export interface World {
  readonly random: Random;
  readonly vocabulary: Vocabulary;
  readonly model: ToyModel;
  readonly contextLength: number;
  readonly drafts: readonly Draft[];
  readonly policy: Policy;
}

export function randomWorld(seed: number): World {
  const random = new Random(seed);
  const vocabulary = randomVocabulary(random);
  const raw = markov(seed, vocabulary.size, random.int(1, 3));
  const model = random.chance(0.7) ? unlikely(raw, END) : raw;
  const contextLength = random.int(8, 60);
  const index = new SuffixIndex();
  for (let i = random.int(0, 3); i > 0; i--) index.put(`file ${i}`, randomTokens(random, vocabulary, 30));
  const small = markov(random.chance(0.5) ? seed : seed + 1, vocabulary.size, 1);
  const drafts = [
    ...temperedDrafts(model, END, random),
    new LookupDraft(),
    new SuffixDraft(index),
    new NeuralDraft('neural', ['toy'], new PassGuesser(new ToyTarget(small, random.int(2, 70)))),
    textDraft(random, vocabulary),
    textNgram(random, vocabulary),
  ];
  const costs = {
    target: { widths: [2, 8], contexts: [1], millis: [[1, 1 + random.int(0, 3)]] },
    drafts: Object.fromEntries(
      ['neural', 'text'].map((id) => [id, { token: 0.02 * random.int(1, 9), catchUp: 0.01 }]),
    ),
  };
  const policies = [
    noDraft,
    fixedDraft(random.pick(drafts).id, random.int(1, 9)),
    copyingRule(drafts),
    rule(drafts, costs),
    fickle(random, 9),
    fickle(random, 9),
  ];
  return { random, vocabulary, model, contextLength, drafts, policy: random.pick(policies) };
}

/** A bridge to a vocabulary that agrees with the target's on nothing. */
function randomBridge(random: Random, vocabulary: Vocabulary): Bridge {
  const tokenizer = random.pick(foreignTokenizers(random));
  return {
    own: new Speller(tokenizer),
    target: new Speller(
      random.chance(0.5) ? greedyTokenizer(vocabulary) : spacing(greedyTokenizer(vocabulary)),
    ),
    promptOf: ({ prompt, text }) => {
      const shown = text?.prefix ?? Buffer.from(textOf(prompt, vocabulary)).toString();
      return [1, ...tokenizer.encode(shown)];
    },
    ownPerToken: random.pick([0.3, 1, 2.5]),
  };
}

/** A draft with tokens of its own. */
function textDraft(random: Random, vocabulary: Vocabulary): Draft {
  const bridge = randomBridge(random, vocabulary);
  const model = markov(random.int(0, 99), bridge.own.vocabulary.size, random.int(1, 2));
  const guesser = new PassGuesser(new ToyTarget(model, random.int(4, 90)));
  return new TextDraft('text', [], guesser, bridge, random.pick([0, 0.001, 0.3]));
}

/** A table with tokens of its own, which has something to say after each token. */
function textNgram(random: Random, vocabulary: Vocabulary): Draft {
  const bridge = randomBridge(random, vocabulary);
  const { size } = bridge.own.vocabulary;
  const table = {
    orders: 1,
    next: (context: readonly number[]) => ({
      token: ((context.at(-1) ?? 0) * 7 + 3) % size,
      probability: 0.6,
      order: 1,
    }),
  };
  return new TextNgramDraft(table, bridge);
}

export function randomTokens(random: Random, vocabulary: Vocabulary, most: number): number[] {
  return random.list(random.int(1, most), () => random.int(1, vocabulary.size - 1));
}

export function randomRequest(world: World): DecodeRequest {
  const { random, vocabulary, contextLength } = world;
  const stops = ['ab', 'b', 'aa', ' a', 'a\n', '\n\n', 'é', '🚀a', 'ba b', '→\r'];
  const stop: StopRules = {
    endTokens: new Set([END]),
    maxTokens: random.int(1, random.chance(0.5) ? 6 : 40),
    singleLine: random.chance(0.3),
    stopStrings: random.chance(0.4) ? random.list(random.int(1, 3), () => random.pick(stops)) : [],
  };
  const prompt = randomTokens(random, vocabulary, contextLength);
  return { prompt, language: random.pick(['toy', 'other']), task: 'complete', stop, skipBytes: 0 };
}

export interface Trial {
  readonly result: DecodeResult;
  readonly pieces: readonly Piece[];
}

export async function runTrial(
  world: World,
  request: DecodeRequest,
  target: Target,
  sampler: Sampler = greedy,
  signal: AbortSignal = new AbortController().signal,
): Promise<Trial> {
  const pieces: Piece[] = [];
  const ensemble = { ...world, target };
  const result = await decode(ensemble, request, sampler, signal, (some) => pieces.push(...some));
  return { result, pieces };
}

/** What plain decoding gives in this world. */
export function expected(world: World, request: DecodeRequest): Plain {
  const { model, vocabulary, contextLength } = world;
  const next = (text: readonly number[]) => largest(model.weights(text));
  return plainDecode(next, request.prompt, request.stop, vocabulary, contextLength, request.skipBytes);
}

/** Everything that must hold of a result that was not cancelled. */
export function checkTrial({ result, pieces }: Trial, plain: Plain, request: DecodeRequest): void {
  assert.deepEqual(result.ids, plain.ids);
  assert.equal(result.text, plain.text);
  assert.equal(result.finish, plain.finish);
  checkBooks({ result, pieces }, request);
}

/** What must hold of every result: the pieces are the text, and the counts add up. */
export function checkBooks({ result, pieces }: Trial, request: DecodeRequest): void {
  assert.equal(pieces.map(({ text }) => text).join(''), result.text);
  assert.ok(
    pieces.every(({ text }) => text !== ''),
    'an empty piece was streamed',
  );
  const ends = result.ids.filter((token) => request.stop.endTokens.has(token)).length;
  assert.equal(result.tokens, result.ids.length - ends);
  assert.ok(result.tokens <= request.stop.maxTokens);
  const counts = Object.values(result.drafts);
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  assert.equal(result.drafted, sum(counts.map(({ drafted }) => drafted)));
  assert.equal(result.accepted, sum(counts.map(({ accepted }) => accepted)));
  assert.ok(counts.every(({ drafted, accepted }) => accepted >= 0 && accepted <= drafted));
  // Each round commits what it accepted and one token of the target's own; the last may end before that one.
  const own = result.ids.length - result.accepted;
  assert.ok(own === result.rounds || (own === result.rounds - 1 && result.ids.length > 0));
}

/** The target must hold exactly the prompt and the output, but for the last token, whose turn would be next. */
export function checkHeld(target: ToyTarget, request: DecodeRequest, result: DecodeResult): void {
  const all = [...request.prompt, ...result.ids];
  assert.deepEqual(target.held, all.slice(0, all.length - 1));
}
