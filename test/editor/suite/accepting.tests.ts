import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { acceptBy, ended, type Jobs, ready, show, type, until, watchJobs } from './support.ts';

/** Functions alike but for a name, so that a model of any size writes the next one. */
const loaders = (what: string) => `${['First', 'Second', 'Third', 'Fourth']
  .map((nth) => loader(what, nth))
  .join('\n')}
export function load${what}Fifth(file) {
  `;

const loader = (what: string, nth: string) => `export function load${what}${nth}(file) {
  try {
    return loadFile(file, "utf8");
  } catch {
    return undefined;
  }
}
`;

/** What of a suggestion the model wrote: a text that was shown while it was written on closes the blocks that it opened. */
const written = (suggestion: string) => suggestion.replace(/\s*\}\s*$/, '');

describe('what is shown', () => {
  let watched: Jobs | undefined;

  const started = () => watched?.started ?? [];

  beforeEach(async () => {
    await ready();
    watched = await watchJobs();
  });

  afterEach(async () => {
    watched?.stop();
    watched = undefined;
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  /** Types the beginning of a function: the text of the job behind what is shown then, and how many jobs there were. */
  async function shown(name: string, what: string) {
    const editor = await show(name, loaders(what));
    await type('t');
    const text = await until(
      'the model has answered',
      async () => {
        const last = started().at(-1);
        const result = await last?.ended;
        // The editor may take its question back and ask again, for the list that its language opens.
        return result?.type === 'done' && last === started().at(-1) ? result.text : undefined;
      },
      120_000,
    );
    assert.ok(text.trimEnd().split('\n').length >= 3, text);
    await ended(/^shown/);
    return { editor, text, jobs: started().length };
  }

  it('is accepted word by word, then to the end of its line, then whole, and no new job is needed for that', async () => {
    const { editor, text, jobs } = await shown('accepted.js', 'Part');
    const word = await acceptBy('editor.action.inlineSuggest.acceptNextWord', editor);
    assert.ok(text.startsWith(word), JSON.stringify({ text, word }));
    assert.match(word, /^\S+\s*$/);
    const line = await acceptBy('editor.action.inlineSuggest.acceptNextLine', editor);
    const [first] = text.split('\n', 1);
    assert.equal((word + line).trimEnd(), first);
    const rest = await acceptBy('editor.action.inlineSuggest.commit', editor);
    assert.notEqual(rest.trim(), '');
    assert.ok(text.startsWith(word + line + written(rest)), JSON.stringify({ text, word, line, rest }));
    // What comes behind all of it is another question.
    const asked = started().filter(
      ({ params }) => params.kind === 'complete' && !params.prefix.endsWith(rest),
    );
    assert.equal(asked.length, jobs);
  });

  it('is typed into without a new job', async () => {
    const { editor, text, jobs } = await shown('typed.js', 'Typed');
    for (const letter of text.slice(0, 3)) {
      await type(letter);
      await ended('shown:typed-ahead');
    }
    assert.equal(started().length, jobs);
    const rest = await acceptBy('editor.action.inlineSuggest.commit', editor);
    assert.notEqual(rest.trim(), '');
    assert.ok(text.slice(3).startsWith(written(rest)), JSON.stringify({ text, rest }));
  });

  it('goes with a backspace, and is there again without a new job when the letter is typed once more', async () => {
    const { text, jobs } = await shown('backspace.js', 'Back');
    const [first = '', second = ''] = text;
    await type(first + second);
    await ended('shown:typed-ahead');
    await vscode.commands.executeCommand('deleteLeft');
    await ended('skipped:deletion');
    await type(second);
    await ended(/^shown:(typed-ahead|cache)$/);
    assert.equal(started().length, jobs);
  });

  it('is not asked for after undo, nor after redo', async () => {
    const { text, jobs } = await shown('undone.js', 'Undo');
    await type(text.slice(0, 1));
    await ended('shown:typed-ahead');
    await vscode.commands.executeCommand('undo');
    await ended('skipped:undo');
    await vscode.commands.executeCommand('redo');
    await ended('skipped:redo');
    assert.equal(started().length, jobs);
  });
});
