import type { Draft, DraftSession } from '../drafts/draft.ts';
import { Acceptance } from './acceptance.ts';
import { type CostTable, draftMillis, passMillis } from './costs.ts';
import type { Choice, Outcome, Policy, Selector } from './policy.ts';

/** Longest proposal that is considered. */
const LONGEST = 48;
/** The target pads its passes to an even number of rows, at least two. */
const passWidth = (rows: number) => Math.max(2, rows + (rows % 2));
/** A token that is less likely to be reached than this is not drafted. */
const LEAST_SURVIVAL = 0.02;
const CONTEXT_STEP = 64;
/** How much a round moves the running means. */
const STEP = 0.05;

/**
 * Chooses draft and length by expected tokens against measured time: the rate of tokens a millisecond that
 * decoding reaches at present is the price of a millisecond, and a token is drafted only while its chance of
 * being accepted is worth more than the time it adds (Dinkelbach's method for the ratio E[tokens]/E[time]; the
 * marginal rule for the length).
 *
 * What it learns, acceptance counts and the throughput, goes on from request to request.
 */
export function throughputPolicy(drafts: readonly Draft[], costs: CostTable): Policy {
  const acceptance = new Acceptance();
  const neural = new Map(drafts.filter(({ id }) => costs.drafts[id]).map((draft) => [draft.id, draft]));
  /** Running means of a round, for their ratio; plain decoding's at first. */
  const round = { tokens: 1, millis: passMillis(costs.target, 2, 0) };

  /** Times of passes by width, for contexts to the nearest step: looked up in every round. */
  const tables = new Map<number, Float64Array>();
  const passesAt = (context: number): Float64Array => {
    const step = Math.round(context / CONTEXT_STEP);
    let table = tables.get(step);
    if (!table) {
      const millis = (width: number) => passMillis(costs.target, width, step * CONTEXT_STEP);
      table = Float64Array.from({ length: LONGEST + 2 }, (_, width) => millis(passWidth(width)));
      tables.set(step, table);
    }
    return table;
  };

  return {
    id: 'throughput',
    begin({ language, prompt }): Selector {
      const home = (id: string) => neural.get(id)?.languages.includes(language) !== false;
      // A neural draft is as good as the language suits it; a copy is as good as its match.
      const nameOf = (id: string) => (neural.has(id) ? `${id} in ${language}` : id);
      let context = prompt.length;
      /** What a millisecond is worth, in tokens. */
      let price = 0;
      let chosen: { name: string; match: number; millis: number } | undefined;

      return {
        choose(sessions: ReadonlyMap<string, DraftSession>): Choice | undefined {
          price = round.tokens / round.millis;
          let best: (Choice & { value: number; millis: number; match: number }) | undefined;
          for (const [id, session] of sessions) {
            if (!home(id)) continue;
            const match = session.matchLength();
            if (match === 0 && !neural.has(id)) continue;
            const behind = neural.has(id) ? session.behind() : 0;
            const plan = bestLength(nameOf(id), id, match, behind);
            if (!best || plan.value > best.value) best = { draft: id, match, ...plan };
          }
          const plainMillis = passesAt(context)[2]!;
          const plain = 1 - price * plainMillis;
          if (!best || best.value <= plain) {
            chosen = { name: '', match: 0, millis: plainMillis };
            return undefined;
          }
          chosen = { name: nameOf(best.draft), match: best.match, millis: best.millis };
          return { draft: best.draft, length: best.length };
        },

        observe({ drafted, accepted }: Outcome) {
          context += accepted + 1;
          if (!chosen) return;
          if (drafted > 0) acceptance.observe(chosen.name, chosen.match, drafted, accepted);
          round.tokens += STEP * (accepted + 1 - round.tokens);
          round.millis += STEP * (chosen.millis - round.millis);
        },
      };

      /** The length that is worth most, its value in tokens after its time is paid, and its time. */
      function bestLength(name: string, id: string, match: number, behind: number) {
        const rate = acceptance.rates(name, match);
        const passes = passesAt(context);
        const first = draftMillis(costs, id, 1, behind);
        const further = draftMillis(costs, id, 1, 0);
        let survival = 1;
        let tokens = 1;
        let best = { length: 1, value: Number.NEGATIVE_INFINITY, millis: 0 };
        for (let length = 1; length <= LONGEST; length++) {
          survival *= rate(length - 1);
          // Even if all that follows were accepted as often as this, it would not be worth its time.
          if (survival < LEAST_SURVIVAL && length > 1) break;
          tokens += survival;
          const millis = passes[length + 1]! + first + (length - 1) * further;
          const value = tokens - price * millis;
          if (value > best.value) best = { length, value, millis };
        }
        return best;
      }
    },
  };
}
