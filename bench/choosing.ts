/**
 * What choosing costs a round: the product's trained policy beside the same policy written plainly, on real drafts that
 * follow the text that a person wrote. No model is run, so that nothing else is timed.
 *
 *   node --import tsx bench/choosing.ts [prompts.jsonl] [count] > bench/results/choosing.json
 *
 * The policies take turns prompt by prompt; each prompt is gone through once unmeasured.
 */
import path from 'node:path';
import { SuffixIndex } from '../src/engine/drafts/copying/suffixIndex.ts';
import type { DraftSession } from '../src/engine/drafts/draft.ts';
import type { Policy } from '../src/engine/policy/policy.ts';
import { tokenKinds } from '../src/engine/policy/tokenKinds.ts';
import { trainedPolicy } from '../src/engine/policy/trained.ts';
import { Bridges } from '../src/inference/bridges.ts';
import { instantDrafts } from '../src/inference/instantDrafts.ts';
import { readPolicyFile } from '../src/inference/policyFile.ts';
import { machineOf } from '../src/measure/machine.ts';
import { readPrompts } from '../src/measure/prompts.ts';
import { openModelFolder } from '../src/runtime/modelFolder.ts';
import { Tokenizer } from '../src/runtime/tokenizer.ts';
import { plainlyTrained } from './choosing/plain.ts';

const root = path.join(import.meta.dirname, '..');
const models = path.join(root, 'models');
/** Tokens of the prompt and of the text that are used. */
const PROMPT = 400;
const TEXT = 96;
/** Times of passes as `slipstream doctor` prints them: what is chosen depends on them, and so what choosing costs. */
const COSTS = {
  target: { widths: [2, 4, 8, 16, 64], contexts: [230], millis: [[1.07, 1.45, 1.98, 3.06, 9.3]] },
  drafts: {},
};

interface Timing {
  rounds: number;
  chooseMillis: number;
  observeMillis: number;
  /** Choices, to compare. */
  choices: string[];
}

async function main(): Promise<void> {
  const file = process.argv[2] ?? path.join(root, 'bench', 'prompts', 'engine.jsonl');
  const count = Number(process.argv[3] ?? 120);
  const all = (await readPrompts(file)).filter(({ expected }) => expected);
  const prompts = all.filter((_, i) => i % Math.max(1, Math.floor(all.length / count)) === 0).slice(0, count);
  const folder = await openModelFolder(path.join(models, 'target'));
  const tokenizer = await Tokenizer.load(folder);
  const index = new SuffixIndex(8 * 1024 * 1024);
  const drafts = (
    await instantDrafts({ bundled: models }, await Bridges.of(folder, tokenizer), index, [])
  ).map(({ draft }) => draft);
  const weights = await readPolicyFile(path.join(models, 'policy', 'policy.json'));
  if (weights.method !== 'round') throw new Error('the bundled policy does not choose round by round');
  const kinds = tokenKinds(tokenizer.vocabulary);
  const policies: Record<string, Policy> = {
    plain: plainlyTrained(weights, COSTS, kinds),
    product: trainedPolicy(weights, { drafts, costs: COSTS, kinds }),
  };
  const timings: Record<string, Timing> = {};
  for (const prompt of prompts) {
    index.put('after the cursor', tokenizer.encode(prompt.suffix));
    const before = tokenizer.encode(prompt.prefix).slice(-PROMPT);
    const text = tokenizer.encode(prompt.expected!).slice(0, TEXT);
    if (before.length === 0 || text.length === 0) continue;
    const original = prompt.original === undefined ? undefined : tokenizer.encode(prompt.original);
    for (const [name, policy] of Object.entries(policies)) {
      for (const measured of [false, true]) {
        const sessions = new Map<string, DraftSession>();
        for (const draft of drafts) {
          if (!policy.uses!(draft.id)) continue;
          const context = { prompt: before, language: prompt.language, original, sessions };
          sessions.set(draft.id, draft.open(context));
        }
        const timing = follow(policy, prompt.language, before, text, sessions);
        if (!measured) continue;
        timings[name] ??= { rounds: 0, chooseMillis: 0, observeMillis: 0, choices: [] };
        const sum = timings[name];
        sum.rounds += timing.rounds;
        sum.chooseMillis += timing.chooseMillis;
        sum.observeMillis += timing.observeMillis;
        sum.choices.push(...timing.choices);
      }
    }
  }
  const { plain, product } = timings;
  const equal = product!.choices.filter((choice, i) => choice === plain!.choices[i]).length;
  const micros = (millis: number, rounds: number) => Number(((1000 * millis) / rounds).toFixed(1));
  const results = Object.entries(timings).map(([policy, each]) => ({
    policy,
    rounds: each.rounds,
    chooseMicros: micros(each.chooseMillis, each.rounds),
    observeMicros: micros(each.observeMillis, each.rounds),
  }));
  console.log(
    JSON.stringify(
      { machine: machineOf(), prompts: prompts.length, arms: weights.arms, equalChoices: equal, results },
      null,
      2,
    ),
  );
}

/** Go along a text as a decoder would whose target writes it. */
function follow(
  policy: Policy,
  language: string,
  prompt: readonly number[],
  text: readonly number[],
  sessions: ReadonlyMap<string, DraftSession>,
): Timing {
  const selector = policy.begin({ language, task: 'complete', prompt });
  const timing: Timing = { rounds: 0, chooseMillis: 0, observeMillis: 0, choices: [] };
  for (let at = 0; at < text.length; ) {
    const started = performance.now();
    const choice = selector.choose(sessions);
    const chosen = performance.now();
    const guesses = choice?.tokens?.slice(0, choice.length) ?? [];
    let accepted = 0;
    while (accepted < guesses.length && guesses[accepted] === text[at + accepted]) accepted++;
    const committed = text.slice(at, at + accepted + 1);
    for (const session of sessions.values()) session.commit(committed);
    const draft = guesses.length > 0 ? choice?.draft : undefined;
    const told = performance.now();
    // A clock that says what the table says: both policies see the same.
    selector.observe({
      draft,
      drafted: guesses.length,
      accepted,
      committed,
      millis: 1 + 0.14 * guesses.length,
    });
    timing.observeMillis += performance.now() - told;
    timing.chooseMillis += chosen - started;
    timing.rounds++;
    timing.choices.push(choice ? `${choice.draft}@${choice.length}` : 'none');
    at += committed.length;
  }
  return timing;
}

void main();
