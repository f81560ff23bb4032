import { type DraftSession, type InstantSession, noSupport, type Proposal } from '../engine/drafts/draft.ts';
import { type CostTable, draftMillis, passMillis } from '../engine/policy/costs.ts';
import {
  type Choice,
  type Decision,
  isQuestion,
  type Policy,
  type RequestContext,
} from '../engine/policy/policy.ts';
import { TOKEN_KINDS } from '../engine/policy/tokenKinds.ts';
import { type ArmColumns, type LogHeader, type LogRecord, SUPPORT } from './log.ts';

const KINDS = TOKEN_KINDS.length;
/** Stand-in tokens up to here are those of the path; wrong guesses lie above. */
const WRONG = 4096;
const STAND_INS = (WRONG + 4096) * KINDS;

/** Kinds of the stand-in tokens that replayed requests are made of. */
export const standInKinds = Uint8Array.from({ length: STAND_INS }, (_, token) => token % KINDS);

/** A round of a replayed request. */
export interface ReplayedRound {
  readonly at: number;
  readonly draft: string | undefined;
  readonly drafted: number;
  readonly accepted: number;
  readonly millis: number;
}

/** Time of a round of this machine, in milliseconds. */
export interface RoundTimes {
  readonly costs: CostTable;
  /** What a round takes beside the pass and the draft. */
  readonly overhead: number;
}

/** What a round takes beside passes and guesses, in milliseconds: measured, see `bench/latency.md`. */
const OVERHEAD = 0.05;

/** The times of the machine that a log was recorded on. */
export function timesOf({ costs }: LogHeader): RoundTimes {
  return { costs, overhead: OVERHEAD };
}

/** Time of a round with `drafted` tokens of a draft (undefined: plain) that has missed `behind` tokens. */
export function roundMillis(
  { costs, overhead }: RoundTimes,
  draft: string | undefined,
  drafted: number,
  context: number,
  behind: number,
): number {
  const rows = Math.max(2, drafted + 1 + ((drafted + 1) % 2));
  const guessing = draft && drafted > 0 ? draftMillis(costs, draft, drafted, behind) : 0;
  return passMillis(costs.target, rows, context) + guessing + overhead;
}

/**
 * Let a policy decode a recorded request again: what it chooses brings what the log says, and takes what the machine's
 * cost table says.
 * @param onRound told of every round, before the policy is.
 */
export function replay(
  record: LogRecord,
  policy: Policy,
  times: RoundTimes,
  onRound: (round: ReplayedRound) => void = () => undefined,
): number {
  const path = record.kinds.map((kind, at) => at * KINDS + kind);
  const place = { at: 0 };
  const asked = new Map<string, number>();
  const sessions = openRecorded(record, policy, times, { path, place, asked });
  const selector = policy.begin(requestContextOf(record));
  let total = 0;
  while (place.at < path.length) {
    const { at } = place;
    const { choice, said } = decided(selector.choose(sessions), sessions);
    const columns = choice && record.arms[choice.draft];
    const drafted = columns ? Math.min(choice.length, columns.said[at]!, path.length - at - 1) : 0;
    const accepted = Math.min(drafted, columns?.right[at] ?? 0);
    const draft = drafted > 0 ? choice?.draft : undefined;
    if (draft) said.set(draft, Math.max(drafted, said.get(draft) ?? 0));
    let guessing = 0;
    for (const [id, tokens] of said) {
      if (!times.costs.drafts[id]) continue;
      guessing += draftMillis(times.costs, id, tokens, sessions.get(id)!.behind());
      asked.set(id, at);
    }
    const pass = roundMillis(times, undefined, drafted, record.promptLength + at, 0);
    total += pass + guessing;
    onRound({ at, draft, drafted, accepted, millis: pass + guessing });
    const committed = path.slice(at, at + accepted + 1);
    place.at = at + committed.length;
    selector.observe({ draft, drafted, accepted, committed, millis: pass });
  }
  return total;
}

/** What a policy is told of a recorded request; its prompt is of stand-in tokens. */
export function requestContextOf({ language, task, promptLength, promptKinds }: LogRecord): RequestContext {
  const unknown = new Array<number>(Math.max(0, promptLength - promptKinds.length)).fill(0);
  return { language, task, prompt: [...unknown, ...promptKinds] };
}

/** A recorded draft: it answers at once, whatever it took. */
export type Recorded = DraftSession & { propose(limit: number): Proposal };

/** The recorded drafts that a policy uses: where on the path they stand, and when each was asked last. */
function openRecorded(
  record: LogRecord,
  policy: Policy,
  times: RoundTimes,
  walk: {
    readonly path: readonly number[];
    readonly place: { readonly at: number };
    readonly asked: ReadonlyMap<string, number>;
  },
): ReadonlyMap<string, Recorded> {
  const sessions = new Map<string, Recorded>();
  for (const [id, columns] of Object.entries(record.arms)) {
    if (policy.uses && !policy.uses(id)) continue;
    // The prompt was read while the target read it.
    const behind = () => walk.place.at - (walk.asked.get(id) ?? 0);
    const session = recorded(columns, walk.path, walk.place, behind);
    const instant: InstantSession = { ...session, instant: true, behind: () => 0 };
    sessions.set(id, times.costs.drafts[id] ? session : instant);
  }
  return sessions;
}

/** What a decision comes to, as in the decoder, and how many tokens each draft said on the way to it. */
function decided(
  first: Decision,
  sessions: ReadonlyMap<string, Recorded>,
): { readonly choice: Choice | undefined; readonly said: Map<string, number> } {
  const said = new Map<string, number>();
  let decision = first;
  while (isQuestion(decision)) {
    const { ask, length } = decision;
    const proposal = sessions.get(ask)!.propose(length);
    said.set(ask, Math.max(said.get(ask) ?? 0, proposal.tokens.length));
    decision = decision.decide(proposal);
  }
  return { choice: decision, said };
}

/** A draft that says again what it said when it was recorded. */
function recorded(
  columns: ArmColumns,
  path: readonly number[],
  place: { readonly at: number },
  behind: () => number,
): Omit<InstantSession, 'instant'> {
  const kept = noSupport();
  return {
    commit: () => undefined,
    matchLength: () => columns.match[place.at]!,
    behind,
    propose(limit): Proposal {
      const { at } = place;
      const said = Math.min(limit, columns.said[at]!);
      const tokens = path.slice(at, at + Math.min(said, columns.right[at]!));
      const kinds = columns.kinds[at]!;
      const right = tokens.length;
      const wrong = columns.wrong[at]!;
      while (tokens.length < said) {
        // Further than drafts are compared, the tokens are not known.
        const label = WRONG + (wrong[tokens.length - right] ?? 0);
        const digit = kinds.charCodeAt(tokens.length);
        const kind = digit >= 97 ? digit - 87 : digit >= 48 ? digit - 48 : 0;
        tokens.push(label * KINDS + kind);
      }
      const sure = columns.sure?.[at];
      return { tokens, probabilities: sure?.slice(0, limit).map((value) => value / 100) };
    },
    ...(columns.support
      ? {
          support() {
            const numbers = columns.support![place.at]!;
            for (const [i, name] of SUPPORT.entries()) kept[name] = numbers[i] ?? 0;
            return kept;
          },
        }
      : {}),
  };
}
