import type { Draft, DraftSession, InstantSession, Support } from '../../src/engine/drafts/draft.ts';
import { isInstant } from '../../src/engine/drafts/draft.ts';
import { LONGEST } from '../../src/engine/policy/listen.ts';
import { complete } from '../../src/inference/jobs.ts';
import type { Pipeline } from '../../src/inference/pipeline.ts';
import { policyOf } from '../../src/inference/policies.ts';
import type { BenchPrompt } from '../../src/measure/prompts.ts';

/** What a draft says at a place. */
export interface Saying {
  readonly id: string;
  readonly match: number;
  readonly tokens: readonly number[];
  readonly probabilities: readonly number[] | undefined;
  readonly support?: Support | undefined;
}

/** The target's path of a prompt and what every draft that costs nothing says at each place of it. */
export interface Walk {
  readonly id: string;
  readonly language: string;
  readonly prompt: readonly number[];
  readonly path: readonly number[];
  /** `said[place][draft]`, drafts in the same order everywhere. */
  readonly said: readonly (readonly Saying[])[];
}

const MOST_TOKENS = 64;

/** Decode a prompt and ask every draft at every place. Losslessness makes this path that of every way to decode. */
export async function walk(pipeline: Pipeline, source: BenchPrompt): Promise<Walk> {
  const rule = policyOf('rule', pipeline);
  let prompt: readonly number[] = [];
  const policy = {
    ...rule,
    begin: (context: Parameters<typeof rule.begin>[0]) => {
      prompt = context.prompt;
      return rule.begin(context);
    },
  };
  const job = { ...source, singleLine: false, maxTokens: MOST_TOKENS };
  const signal = new AbortController().signal;
  const { ids } = await complete(pipeline, job, { policy, signal, onPieces: () => undefined });
  const { language } = source;
  const original = source.original === undefined ? undefined : pipeline.tokenizer.encode(source.original);
  const sessions = new Map<string, DraftSession>();
  const asked: (readonly [Draft, InstantSession])[] = [];
  for (const draft of pipeline.drafts) {
    const session = draft.open({ prompt, language, original, sessions });
    if (!isInstant(session)) continue;
    sessions.set(draft.id, session);
    asked.push([draft, session]);
  }
  const said: Saying[][] = [];
  for (const token of ids) {
    said.push(
      asked.map(([{ id }, session]) => {
        const { tokens, probabilities } = session.propose(LONGEST);
        const support = session.support?.();
        return {
          id,
          match: session.matchLength(),
          tokens: [...tokens],
          probabilities,
          support: support && { ...support },
        };
      }),
    );
    for (const [, session] of asked) session.commit([token]);
  }
  return { id: source.id, language, prompt, path: ids, said };
}
