/**
 * What drafts bring where something, or nothing, can be copied, from a log of `slipstream policy collect`: the numbers that the rule
 * (`src/engine/policy/rule.ts`) starts from.
 *
 *     node --import tsx bench/yields.ts LOG.gz [--model tiny] > bench/results/yields.json
 */
import { parseArgs } from 'node:util';
import { LONGEST_NEURAL } from '../src/engine/policy/listen.ts';
import { AGREED_LENGTH, COPYING, copiedLength, LONG_MATCH } from '../src/engine/policy/rule.ts';
import { type ArmColumns, type LogRecord, readLog } from '../src/learning/log.ts';

/** Kinds of matches: by their length, the longest together. */
const KINDS = AGREED_LENGTH.length;

/** Places, and what was offered and accepted there in all. */
interface Sum {
  places: number;
  drafted: number;
  accepted: number;
}

function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { model: { type: 'string', default: 'tiny' } },
  });
  return print(positionals[0] ?? '', values.model);
}

async function print(file: string, model: string): Promise<void> {
  const { header, records } = await readLog(file);
  const kinds = AGREED_LENGTH.map(() => ({ copy: empty(), model: empty(), beside: empty(), agreed: 0 }));
  const table = empty();
  for (const record of records) {
    const own = record.arms[model];
    if (!own) throw new Error(`the log has no draft ${model}`);
    for (const at of record.kinds.keys()) {
      const copy = longest(record, at);
      const match = copy?.match[at] ?? 0;
      if (match >= LONG_MATCH) continue;
      const kind = Math.min(match, KINDS - 1);
      const sums = kinds[kind]!;
      if (copy) add(sums.copy, copy, at, copiedLength(kind));
      else if (record.arms.ngram) add(table, record.arms.ngram, at, 1);
      add(sums.model, own, at, LONGEST_NEURAL);
      const agrees = copy !== undefined && sameFirst(copy, own, at);
      if (agrees) sums.agreed++;
      add(sums.beside, agrees ? copy : own, at, agrees ? AGREED_LENGTH[kind]! : LONGEST_NEURAL);
    }
  }
  const told = {
    model: header.model,
    draft: model,
    prompts: records.length,
    table: mean(table),
    matches: kinds.map(({ copy, model: alone, beside, agreed }, match) => ({
      match: match === KINDS - 1 ? `${match} to ${LONG_MATCH - 1}` : match,
      places: alone.places,
      copy: mean(copy),
      model: mean(alone),
      beside: mean(beside),
      agreed: round(agreed / Math.max(1, alone.places)),
    })),
  };
  console.log(JSON.stringify(told, undefined, 1));
}

function longest({ arms }: LogRecord, at: number): ArmColumns | undefined {
  let best: ArmColumns | undefined;
  for (const id of COPYING) {
    const columns = arms[id];
    if (columns && columns.match[at]! > (best?.match[at] ?? 0)) best = columns;
  }
  return best;
}

/** Whether two drafts say the same token first: both the right one, or the same wrong one. */
function sameFirst(a: ArmColumns, b: ArmColumns, at: number): boolean {
  if (a.said[at] === 0 || b.said[at] === 0) return false;
  if (a.right[at]! > 0 || b.right[at]! > 0) return a.right[at]! > 0 && b.right[at]! > 0;
  return a.wrong[at]![0] === b.wrong[at]![0];
}

function add(sum: Sum, columns: ArmColumns, at: number, most: number): void {
  const drafted = Math.min(most, columns.said[at]!);
  sum.places++;
  sum.drafted += drafted;
  sum.accepted += Math.min(drafted, columns.right[at]!);
}

function mean({ places, drafted, accepted }: Sum) {
  return { drafted: round(drafted / Math.max(1, places)), accepted: round(accepted / Math.max(1, places)) };
}

const empty = (): Sum => ({ places: 0, drafted: 0, accepted: 0 });
const round = (value: number) => Math.round(100 * value) / 100;

void main();
