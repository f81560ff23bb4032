import { Command } from 'commander';
import { markdownTable } from 'markdown-table';
import type { Considered, Decision, Policy, RoundOutcome } from '../../../engine/policy/policy.ts';
import { isQuestion } from '../../../engine/policy/policy.ts';
import { complete } from '../../../inference/jobs.ts';
import { policyOf } from '../../../inference/policies.ts';
import { keptCosts } from '../../cache.ts';
import { cursorIn } from '../../cursor.ts';
import { loadForCommand } from '../../load.ts';
import {
  draftsOption,
  maxTokensOption,
  modelOption,
  policyFileOption,
  threadsOption,
  wholeNumber,
} from '../../options.ts';

interface Options {
  line: number;
  column?: number;
  maxTokens: number;
  model: string;
  drafts: string[];
  policyFile: string;
  threads: number;
  json?: boolean;
}

/** A round of a completion: what was weighed, who was asked, what came of it. */
interface ExplainedRound {
  readonly considered: readonly Considered[];
  /** Drafts that cost time and were asked before it was decided. */
  readonly asked: readonly string[];
  readonly draft: string | undefined;
  readonly drafted: number;
  readonly accepted: number;
  readonly millis: number;
  readonly text: string;
}

export function explainCommand(): Command {
  return new Command('explain')
    .description('complete a file at a cursor and tell, round by round, which draft was chosen and why')
    .argument('<file>', 'the file to complete')
    .requiredOption('--line <n>', 'line of the cursor, from 1', wholeNumber(1))
    .option('--column <n>', 'column of the cursor, from 1; the end of the line without it', wholeNumber(1))
    .addOption(policyFileOption())
    .addOption(maxTokensOption())
    .addOption(modelOption())
    .addOption(draftsOption())
    .addOption(threadsOption())
    .option('--json', 'print one JSON object')
    .action(run);
}

async function run(file: string, options: Options): Promise<void> {
  const { context, shown, below } = await cursorIn(file, options.line, options.column);
  const pipeline = await loadForCommand({ ...options, pool: options.drafts, costCache: await keptCosts() });
  pipeline.index.put(shown, pipeline.tokenizer.encode(below));
  const { vocabulary } = pipeline.tokenizer;
  const textOf = (tokens: readonly number[]) =>
    Buffer.concat(tokens.map((token) => vocabulary.bytes(token))).toString();
  const rounds: ExplainedRound[] = [];
  const policy = watched(policyOf('policy', pipeline), (round, committed) =>
    rounds.push({ ...round, text: textOf(committed) }),
  );
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const job = { ...context, singleLine: false, maxTokens: options.maxTokens };
  const { text, finish } = await complete(pipeline, job, {
    policy,
    signal: stop.signal,
    onPieces: () => undefined,
  });
  if (options.json)
    console.log(JSON.stringify({ model: pipeline.loaded.name, policy: policy.id, text, rounds }));
  else console.log(rounds.map(told).join('\n\n'));
  if (finish === 'cancelled') process.exitCode = 130;
}

/** A policy that does the same, with every round told of. */
function watched(
  policy: Policy,
  onRound: (round: Omit<ExplainedRound, 'text'>, committed: readonly number[]) => void,
): Policy {
  return {
    ...policy,
    begin(context) {
      const inner = policy.begin(context);
      let asked: string[] = [];
      const followed = (decision: Decision): Decision => {
        if (!isQuestion(decision)) return decision;
        const { ask, length } = decision;
        asked.push(ask);
        return { ask, length, decide: (said) => followed(decision.decide(said)) };
      };
      return {
        choose(sessions) {
          asked = [];
          return followed(inner.choose(sessions));
        },
        observe(outcome: RoundOutcome) {
          const { draft, drafted, accepted, committed, millis } = outcome;
          const considered = inner.considered?.() ?? [];
          onRound({ considered, asked: [...new Set(asked)], draft, drafted, accepted, millis }, committed);
          inner.observe(outcome);
        },
      };
    },
  };
}

/** A round in words and a table. */
function told(
  { considered, asked, draft, drafted, accepted, millis, text }: ExplainedRound,
  at: number,
): string {
  const taken = draft ? `${draft} guessed ${drafted}, ${accepted} right` : 'no guess';
  const line = `Round ${at + 1}: ${JSON.stringify(text)} (${taken}; the pass took ${millis.toFixed(1)} ms)`;
  if (considered.length === 0) return line;
  const rows = considered.map((each) => {
    const heard = each.gain !== undefined;
    const name = asked.includes(each.draft) ? `${each.draft}, asked` : each.draft;
    return [
      each.draft === draft ? `> ${name}` : `  ${name}`,
      each.match > 0 ? String(each.match) : '',
      heard ? String(each.length) : 'not asked',
      heard ? each.gain.toFixed(2) : '',
      each.millis.toFixed(1),
    ];
  });
  const head = ['draft', 'match', 'tokens', 'expected', 'ms'];
  return `${line}\n${markdownTable([head, ...rows], { align: ['l', 'r', 'r', 'r', 'r'] })}`;
}
