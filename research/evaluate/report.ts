import { markdownTable } from 'markdown-table';
import { refreshSection } from '../../scripts/section.ts';
import { type Score, scoresTable } from '../../src/learning/scores.ts';
import type { Cell, Results } from './evaluate.ts';

/** What stands in a report that is made for the first time. */
export const EMPTY_REPORT = '# Policies compared\n\n<!-- results -->\n<!-- /results -->\n';

/** Put results between the marks of a report; what stands around them stays. */
export function refreshReport(report: string, results: Results): string {
  return refreshSection(report, 'results', resultsMarkdown(results));
}

/** The results as tables. */
export function resultsMarkdown(results: Results): string {
  const { training, test, machine, model, seeds } = results;
  return [
    `Target \`${model}\`; drafts ${results.drafts.map((id) => `\`${id}\``).join(', ')}. Trained on ${training.requests} requests (${training.tokens} tokens, ${training.groups} packages), tested on ${test.requests} (${test.tokens} tokens) of ${test.groups} other packages; ${seeds} seeds of whatever is random. Times are replayed: recorded guesses, priced with the cost table of the machine (${String(machine.cpu ?? 'unknown')}, ${String(machine.cores ?? '?')} cores). A plain round takes ${results.plainRound.toFixed(2)} ms.`,
    ...results.notes,
    '### Speedup over plain decoding',
    scoresTable(results.scores),
    'Intervals are 95 % bootstrap intervals over requests and seeds, of the geometric mean over both. The gap is the way from the best fixed draft and length, chosen on the training requests, to the oracle per round.',
    '### By class and language',
    breakdown(results, 'byClass'),
    breakdown(results, 'byLanguage'),
    '### The trained policy against every fixed draft',
    cellsTable(results.cells),
    ...serviceSection(results),
    ...gapSection(results),
    ...heldOutSection(results),
    ...curveSection(results),
    ...regretSection(results),
  ].join('\n\n');
}

function breakdown({ scores }: Results, by: 'byClass' | 'byLanguage'): string {
  const values = [...new Set(scores.flatMap((score) => Object.keys(score[by])))];
  if (values.length === 0) return 'The requests do not say.';
  const cell = (score: Score, value: string) =>
    score[by][value] === undefined ? '' : times(score[by][value]);
  return table(
    ['policy', ...values],
    scores.map((score) => [score.id, ...values.map((value) => cell(score, value))]),
  );
}

function serviceSection({ service }: Results): string[] {
  if (service.length === 0) return [];
  return [
    '### Prose by natural language',
    table(
      ['language', 'requests', 'trained', 'best fixed', 'oracle per round'],
      service.map(({ naturalLanguage, requests, trained, bestFixed, oracle }) => [
        naturalLanguage,
        String(requests),
        times(trained),
        times(bestFixed),
        times(oracle),
      ]),
    ),
  ];
}

function cellsTable(cells: readonly Cell[]): string {
  const drafts = [...new Set(cells.map(({ draft, length }) => `${draft}@${length}`))];
  const contexts = [...new Set(cells.map(({ property, value }) => `${property} ${value}`))];
  const count = (verdict: Cell['verdict']) => cells.filter((cell) => cell.verdict === verdict).length;
  const rows = contexts.map((context) => {
    const own = cells.filter(({ property, value }) => `${property} ${value}` === context);
    const marks = own.map(({ speedup, verdict }) =>
      verdict === 'win' ? times(speedup) : `${times(speedup)} (${verdict})`,
    );
    return [context, String(own[0]!.requests), times(own[0]!.trained), ...marks];
  });
  return [
    `${count('win')} wins, ${count('tie')} ties within 2 %, ${count('loss')} losses of the trained policy. What is not marked is a win.`,
    table(['context', 'requests', 'trained', ...drafts], rows),
  ].join('\n\n');
}

function gapSection({ losses, reach }: Results): string[] {
  const share = (part: number, { oracle }: { readonly oracle: number }) => percent(part / oracle);
  return [
    '### What is lost, and how much of it could be had',
    table(
      ['policy', 'beyond the oracle', 'wrong draft', 'too long', 'too short', 'no draft'],
      losses.map((each) => [
        each.policy,
        share(each.lost, each),
        share(each.wrongDraft, each),
        share(each.tooLong, each),
        share(each.tooShort, each),
        share(each.noDraft, each),
      ]),
    ),
    'Time beyond that of the oracle per round, as a share of its time, all requests together. The parts add up.',
    ...(reach.length === 0
      ? []
      : [
          table(
            ['network', 'speedup'],
            reach.map(({ name, speedup }) => [name, times(speedup)]),
          ),
        ]),
  ];
}

function heldOutSection({ heldOut }: Results): string[] {
  if (heldOut.length === 0) return [];
  return [
    '### Contexts that were not in training',
    table(
      ['left out', 'requests', 'policy', 'with it', 'without it', 'kept'],
      heldOut.map(({ property, value, requests, policy, seen, unseen }) => [
        `${property} ${value}`,
        String(requests),
        policy,
        times(seen),
        times(unseen),
        percent(unseen / seen),
      ]),
    ),
  ];
}

function curveSection({ curve }: Results): string[] {
  if (curve.length === 0) return [];
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return [
    '### Learning curve',
    table(
      ['training prompts', 'policy', 'speedup', 'lowest', 'highest'],
      curve.map(({ prompts, policy, speedups }) => [
        String(prompts),
        policy,
        times(mean(speedups)),
        times(Math.min(...speedups)),
        times(Math.max(...speedups)),
      ]),
    ),
  ];
}

function regretSection({ regret }: Results): string[] {
  if (!regret) return [];
  const { from, to, changeAt, curves } = regret;
  return [
    `### ${changeAt} requests of ${from}, then as many of ${to}`,
    table(
      ['policy', 'ms behind the best fixed before the change', 'after it'],
      curves.map(({ policy, millis }) => {
        const before = millis[changeAt - 1]!;
        return [policy, before.toFixed(1), (millis.at(-1)! - before).toFixed(1)];
      }),
    ),
    'Negative: ahead of the draft and length that are best for that language in hindsight.',
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return markdownTable([head, ...rows]);
}

const times = (value: number) => value.toFixed(2);
const percent = (share: number) => `${Math.round(100 * share)} %`;
