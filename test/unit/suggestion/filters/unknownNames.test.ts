import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide } from '../../../../src/suggestion/decide.ts';
import { syntaxOf } from '../../../../src/syntax/load.ts';
import { drawn } from '../drawing.ts';
import { testRows, whole } from '../golden.ts';

const todos = `import { readFile } from 'node:fs/promises';

interface Todo {
  title: string;
}

const file = 'todos.json';

async function load(): Promise<Todo[]> {
  const text = await readFile(file, 'utf8');
  return JSON.parse(text);
}

async function show(): Promise<void> {
  const todos = await load();
  █
}
`;
const notes = `import json
import os


def load(path):
    with open(path) as file:
        return json.load(file)


def save(path, notes):
    with open(path, 'w') as file:
        json.dump(notes, file)


def titles(path):
    notes = load(path)
    █
`;
const unknown = { drop: 'unknown-names' };
testRows('kind 24, names that exist nowhere', [
  ['typescript', todos, 'renderTable(todos);', unknown],
  ['typescript', todos, 'const table = new TableView(todos);', unknown],
  ['typescript', todos, 'for (const todo of todos) console.log(formatEntry(todo));', unknown],
  ['typescript', todos, 'todos.sortByUrgency().takeUntilDone().asTable();', unknown],
  [
    'typescript',
    todos,
    'console.log(todos.length);\n  renderTable(todos);',
    whole(todos, 'console.log(todos.length);'),
  ],
  ['javascript', todos.replaceAll(/: (Promise<.*>|string)/g, ''), 'renderTable(todos);', unknown],
  ['python', notes, 'return render_table(notes)', unknown],
  ['python', notes, 'return [as_heading(note) for note in notes]', unknown],
]);

const shown: [language: string, document: string, text: string][] = [
  ['typescript', todos, 'console.log(todos.map((todo) => todo.title).join());'],
  ['typescript', todos, 'for (const { title } of todos) process.stdout.write(title);'],
  ['typescript', todos, 'const sorted = structuredClone(todos).toSorted();\n  console.log(sorted);'],
  ['typescript', todos, '// renderTable(todos) is not there yet'],
  ['typescript', todos, "console.log('renderTable(todos)');"],
  [
    'typescript',
    todos,
    'function byTitle(one: Todo, other: Todo): number {\n    return one.title.length - other.title.length;\n  }',
  ],
  ['typescript', todos, 'setTimeout(show, 1_000);'],
  ['javascript', todos.replace(/ {2}█[\s\S]*/, '}\n\nfunction keep(file, █'), 'callback, options'],
  [
    'javascript',
    todos.replace(/ {2}█[\s\S]*/, '}\n\nfunction keep(file, █'),
    'callback, options) {\n  callback(options);\n}',
  ],
  ['typescript', todos.replace('{ readFile }', '{ readFile, █ }').replace('  █\n', ''), 'writeFile, rename'],
  [
    'typescript',
    todos.replace(/ {2}█[\s\S]*/, '}\n\nclass Shelf {\n  █\n}\n'),
    'countAll() {\n    return 1;\n  }',
  ],
  ['python', notes.replace(/def titles[\s\S]*/, 'def keep(\n    path,\n    █'), 'callback,\n    options,'],
  ['typescript', todos, 'throw new RangeError(file);'],
  ['python', notes, "return [note['title'] for note in notes]"],
  ['python', notes, 'return sorted(notes, key=lambda note: len(note))'],
  ['python', notes, 'return os.path.join(path, *notes)'],
  ['python', notes, 'raise NotADirectoryError(path)'],
  // A piece of something, a file that takes all from elsewhere, a language where other files declare what this one uses.
  ['typescript', 'const a = b;\n█', 'renderTable(todos);'],
  ['python', notes.replace('import os', 'from tables import *'), 'return render_table(notes)'],
  ['go', `package a\n\n${'func f() {\n\tg()\n}\n\n'.repeat(4)}func h() {\n\t█\n}\n`, 'renderTable(todos)'],
];
testRows(
  'kind 24, names that exist',
  shown.map(([language, document, text]) => [language, document, text, whole(document, text)]),
);

test('kind 24, a name that another open file has exists', async () => {
  const candidate = { text: 'renderTable(todos);', singleLine: false, finish: 'stop' } as const;
  const syntax = await syntaxOf('typescript');
  const asked: string[] = [];
  const isKnown = (name: string) => {
    asked.push(name);
    return name === 'renderTable';
  };
  const context = drawn(todos, { language: 'typescript' });
  assert.equal(decide(context, { ...candidate, isKnown }, syntax).type, 'offered');
  assert.deepEqual(asked, ['renderTable']);
  assert.equal(decide(context, { ...candidate, isKnown: () => false }, syntax).type, 'dropped');
});

test('kind 24, what stands below the cursor is looked at again when it has changed', async () => {
  const syntax = await syntaxOf('javascript');
  const names = ['Rows', 'Cells', 'Lines', 'Heads', 'Marks', 'Notes', 'Words', 'Signs'];
  const above = `${names.map((each) => `load${each}();\n`).join('')}█\n`;
  const below = names.map((each) => `function load${each}() {}\n`).join('');
  const typeOf = (document: string) =>
    decide(
      drawn(document, { language: 'javascript' }),
      { text: 'renderTable(heading);', singleLine: false, finish: 'stop' },
      syntax,
    ).type;
  // Without its declarations a file says nothing about what exists.
  assert.equal(typeOf(above), 'offered');
  assert.equal(typeOf(above + below), 'dropped');
});
