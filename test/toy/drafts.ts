import type { Draft, DraftContext, DraftSession } from '../../src/engine/drafts/draft.ts';
import type { Policy } from '../../src/engine/policy/policy.ts';
import { largest, type ToyModel } from './markov.ts';
import type { Random } from './random.ts';

/** A draft whose guess is a function of the text so far. */
export function draftOf(
  id: string,
  guess: (text: readonly number[], limit: number) => readonly number[],
  languages: readonly string[] = [],
): Draft {
  return {
    id,
    languages,
    open(context: DraftContext): DraftSession {
      const text = [...context.prompt];
      return {
        commit: (tokens) => {
          text.push(...tokens);
        },
        matchLength: () => 0,
        behind: () => 0,
        propose: (limit) => ({ tokens: guess(text, limit) }),
      };
    },
  };
}

/** Greedy decoding of `model` from `text` on. */
export function greedyTokens(model: ToyModel, text: readonly number[], count: number): number[] {
  const all = [...text];
  while (all.length < text.length + count) all.push(largest(model.weights(all)));
  return all.slice(text.length);
}

/** Drafts of every temper for a target whose greedy choices are those of `model`. */
export function temperedDrafts(model: ToyModel, end: number, random: Random): Draft[] {
  const wrong = (token: number) => (token + 1) % model.size;
  return [
    draftOf('perfect', (text, limit) => greedyTokens(model, text, limit)),
    draftOf('always-wrong', (text, limit) => greedyTokens(model, text, limit).map(wrong)),
    draftOf('right-then-wrong', (text, limit) => {
      const rightUpTo = random.int(1, limit);
      return greedyTokens(model, text, limit).map((token, i) => (i < rightUpTo ? token : wrong(token)));
    }),
    draftOf('wrong-then-right', (text, limit) =>
      greedyTokens(model, text, limit).map((token, i) => (i === 0 ? wrong(token) : token)),
    ),
    draftOf('random', (_, limit) => random.list(limit, () => random.int(0, model.size - 1))),
    draftOf('ends', (_, limit) => new Array<number>(limit).fill(end)),
    draftOf('right-then-end', (text, limit) => [...greedyTokens(model, text, limit - 1), end]),
    draftOf('greedy-for-more', (text, limit) => greedyTokens(model, text, limit + 20)),
    draftOf('silent', () => []),
    draftOf('moody', (text, limit) => greedyTokens(model, text, random.int(0, limit))),
    draftOf('off-the-map', (text, limit) => [
      ...greedyTokens(model, text, limit - 1),
      model.size + 7,
      -1,
      0.5,
    ]),
  ];
}

/** Another draft, another length, or none, drawn anew in every round. */
export function fickle(random: Random, mostTokens: number): Policy {
  return {
    id: 'fickle',
    begin: () => ({
      choose(drafts) {
        if (random.chance(0.15)) return undefined;
        return { draft: random.pick([...drafts.keys()]), length: random.int(1, mostTokens) };
      },
      observe: () => undefined,
    }),
  };
}
