/**
 * How many of the model's suggestions each filter drops or cuts, and how many of those would have been right:
 *
 *   node --import tsx bench/filters/write.ts FILE bench/prompts/engine.jsonl bench/prompts/policy-train.jsonl.gz
 *   node --import tsx bench/filters.ts FILE --old DIR > bench/results/filters.json
 *
 * DIR is a checkout of version 0.1.0, whose filters are the ones «before»; without it only today's are judged. What a filter
 * takes away would have been right when it was kept so far as a person wrote it there, and the first complete line of what is
 * taken away goes on as the person did. `--show NAME` prints such cases of a filter.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { contextAt } from '../src/suggestion/context.ts';
import { indentedFor } from '../src/suggestion/copyIndentation.ts';
import { decide } from '../src/suggestion/decide.ts';
import type { Filter, FilterContext } from '../src/suggestion/filters/filter.ts';
import { filters } from '../src/suggestion/filters/index.ts';
import type { Finish } from '../src/suggestion/finish.ts';
import { wantsSingleLine } from '../src/suggestion/multiline.ts';
import { syntaxOf } from '../src/syntax/load.ts';

interface Row {
  readonly id: string;
  readonly language: string;
  readonly path: string;
  readonly prefix: string;
  readonly suffix: string;
  readonly expected: string;
  readonly singleLine: boolean;
  readonly text: string;
  readonly finish: Finish;
}
type Named = readonly (readonly [name: string, filter: Filter])[];

interface Count {
  cut: number;
  dropped: number;
  /** Right, and offered as the next piece when what was kept is accepted. */
  offeredNext: number;
  wouldHaveBeenRight: number;
}

/** The filters of 0.1.0 in their order. */
const OLD = [
  'blank',
  'oneLine',
  'halfLine',
  'repetition',
  'scope',
  'unbalanced',
  'linesBelow',
  'trailingSpace',
  'restOfLine',
  'blank',
];

async function oldFilters(folder: string): Promise<Named> {
  const place = path.resolve(folder, 'src/editor/completion/filters');
  return Promise.all(
    OLD.map(async (name) => {
      const module: Record<string, Filter> = await import(pathToFileURL(path.join(place, `${name}.ts`)).href);
      return [name, module[name]!] as const;
    }),
  );
}

async function contextOf(row: Row): Promise<FilterContext> {
  const whole = row.prefix + row.suffix;
  const document = { length: whole.length, slice: (from: number, to: number) => whole.slice(from, to) };
  const completion = contextAt(document, row.prefix.length, {
    uri: `file:///${row.path}`,
    path: row.path,
    language: row.language,
    version: 1,
    tabSize: 4,
  });
  // A prompt as long as they get begins in the middle of its file.
  const start = row.prefix.length < 3_900 ? 0 : 1;
  return {
    completion: { ...completion, start },
    singleLine: row.singleLine,
    finish: row.finish,
    syntax: await syntaxOf(row.language),
  };
}

/** Whether what was taken away goes on as a person did. */
function wasRight(before: string, kept: string, { expected, finish }: Row): boolean {
  const removed = before.slice(kept.length);
  const lines = removed.split('\n');
  const first = lines.findIndex((line) => line.trim() !== '');
  if (first < 0 || (first === lines.length - 1 && finish === 'length')) return false;
  const line = lines
    .slice(0, first + 1)
    .join('\n')
    .trimEnd();
  return expected.trimEnd().startsWith(kept + line);
}

/** What becomes of a text at a cursor: what is left of it and what of the line it replaces; undefined when it is dropped. */
type Judge = (
  text: string,
  context: FilterContext,
) => { readonly text: string; readonly after: number } | undefined;

/** As it is today. What is closed behind the text is no place where its rest goes on. */
const today: Judge = (text, { completion, finish, syntax }) => {
  const singleLine = wantsSingleLine(completion, 'auto', syntax);
  const decision = decide(completion, { text, finish, singleLine }, syntax);
  if (decision.type === 'dropped' || !text.startsWith(decision.text)) return undefined;
  const closed = decision.item.insertText.length > completion.linePrefix.length + decision.text.length;
  return closed ? undefined : { text: decision.text, after: decision.item.after };
};

/** By filters alone. */
function judgeOf(named: Named): Judge {
  return (text, context) => {
    let kept = text;
    for (const [, filter] of named) {
      const next = filter(kept, context);
      if (typeof next !== 'string') return undefined;
      kept = next;
    }
    return { text: kept, after: 0 };
  };
}

/** The longest beginning of a text that is offered piece by piece, each time what was offered is accepted. */
function reachedBy(row: Row, context: FilterContext, decideOn: Judge): number {
  let { completion } = context;
  let reached = 0;
  for (let pieces = 0; pieces < 8; pieces++) {
    const offered = decideOn(row.text.slice(reached), { ...context, completion });
    if (!offered || offered.text === '') break;
    reached += offered.text.length;
    const prefix = completion.prefix + offered.text;
    const suffix = completion.suffix.slice(offered.after);
    completion = {
      ...completion,
      prefix,
      suffix,
      linePrefix: prefix.slice(prefix.lastIndexOf('\n') + 1),
      lineSuffix: suffix.split('\n', 1)[0]!,
    };
  }
  return reached;
}

/** Where the first line with something in it ends that a text has behind a place. */
function firstLineEnd(text: string, from: number): number {
  const start = from + /^\s*/.exec(text.slice(from))![0].length;
  const end = text.indexOf('\n', start);
  return (end < 0 ? text.length : end) - 1;
}

function judge(
  rows: readonly [Row, FilterContext][],
  named: Named,
  decideOn: Judge,
  show?: string | undefined,
) {
  const counts: Record<string, Count> = {};
  for (const [row, context] of rows) {
    let kept = row.text;
    for (const [name, filter] of named) {
      const next = filter(kept, context);
      const text = typeof next === 'string' ? next : '';
      if (typeof next === 'string' && next.trimEnd() === kept.trimEnd()) continue;
      counts[name] ??= { cut: 0, dropped: 0, offeredNext: 0, wouldHaveBeenRight: 0 };
      const count = counts[name];
      if (typeof next === 'string') count.cut++;
      else count.dropped++;
      // A filter that moves lines changes from some place on.
      let same = 0;
      while (same < text.length && text[same] === kept[same]) same++;
      if (wasRight(kept, kept.slice(0, same), row)) {
        if (reachedBy(row, context, decideOn) > firstLineEnd(kept, same)) {
          count.offeredNext++;
          kept = text;
          continue;
        }
        count.wouldHaveBeenRight++;
        if (name === show) {
          console.error(
            `--- ${row.id} ${row.language}\n${row.prefix.slice(-160)}█${row.suffix.slice(0, 40)}`,
          );
          console.error(
            `>>> ${JSON.stringify(kept)}\n<<< ${JSON.stringify(next)}\n=== ${JSON.stringify(row.expected)}`,
          );
        }
      }
      if (typeof next !== 'string') break;
      kept = next;
    }
  }
  const all = Object.values(counts);
  const sum = (key: keyof Count) => all.reduce((total, count) => total + count[key], 0);
  const changed = sum('cut') + sum('dropped');
  return {
    suggestions: rows.length,
    cutOrDropped: changed,
    wouldHaveBeenRight: sum('wouldHaveBeenRight'),
    falseDropsPercent: Number(((100 * sum('wouldHaveBeenRight')) / changed).toFixed(2)),
    filters: counts,
  };
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { old: { type: 'string' }, show: { type: 'string' } },
    allowPositionals: true,
  });
  const [file] = positionals;
  if (!file) throw new Error('Name the file that bench/filters/write.ts made.');
  const rows = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row)
    .filter(({ text, expected }) => text.trim() !== '' && expected !== undefined);
  const judged = await Promise.all(
    rows.map(async (row) => [row, await contextOf(row)] as [Row, FilterContext]),
  );
  const indentation: Filter = (text, { completion, syntax }) => indentedFor(text, completion, syntax);
  const after = judge(judged, [['copyIndentation', indentation], ...filters], today, values.show);
  const offered = judged.map(([{ text, finish, singleLine }, { completion, syntax }]) =>
    decide(completion, { text, finish, singleLine }, syntax),
  );
  const closed = offered.filter(
    (decision, i) =>
      decision.type === 'offered' &&
      decision.item.insertText.length > judged[i]![1].completion.linePrefix.length + decision.text.length,
  );
  const old = values.old === undefined ? undefined : await oldFilters(values.old);
  const report = {
    languages: Object.fromEntries(
      [...new Set(rows.map(({ language }) => language))]
        .sort()
        .map((language) => [language, rows.filter((row) => row.language === language).length]),
    ),
    before: old && judge(judged, old, judgeOf(old)),
    after: {
      ...after,
      offered: offered.filter(({ type }) => type === 'offered').length,
      closedBehind: closed.length,
    },
  };
  console.log(JSON.stringify(report, null, 1));
}

void main();
