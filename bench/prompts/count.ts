/**
 * Prints how many prompts of each kind and language a set holds, as the tables of README.md.
 *
 *   node --import tsx bench/prompts/count.ts bench/prompts/engine.jsonl
 */
import { type BenchPrompt, readPrompts } from '../../src/measure/prompts.ts';

type Field = 'language' | 'kind' | 'class' | 'naturalLanguage';

/** A table in Markdown of one field by another, with sums. */
function crossTable(prompts: readonly BenchPrompt[], down: Field, across: Field): string {
  const values = (field: Field) => [...new Set(prompts.map((prompt) => prompt[field] ?? ''))].sort();
  const count = (some: readonly BenchPrompt[], field: Field, value: string) =>
    some.filter((prompt) => (prompt[field] ?? '') === value);
  const columns = values(across);
  const line = (name: string, some: readonly BenchPrompt[]) =>
    [name, ...columns.map((column) => count(some, across, column).length || ''), some.length].join(' | ');
  const rows = [
    ['', ...columns, 'all'].join(' | '),
    ['', ...columns, ''].map(() => '---').join(' | '),
    ...values(down).map((value) => line(value, count(prompts, down, value))),
    line('all', prompts),
  ];
  return rows.map((row) => `| ${row} |`).join('\n');
}

async function main(file: string | undefined): Promise<void> {
  if (file === undefined) throw new Error('Name a file of prompts.');
  const prompts = await readPrompts(file);
  console.log(crossTable(prompts, 'language', 'class'));
  console.log(`\n${crossTable(prompts, 'kind', 'class')}`);
  if (prompts.some((prompt) => prompt.naturalLanguage))
    console.log(`\n${crossTable(prompts, 'naturalLanguage', 'kind')}`);
}

void main(process.argv[2]);
