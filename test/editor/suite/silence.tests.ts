import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { ended, type Jobs, pause, ready, set, show, type, until, watchJobs } from './support.ts';

describe('nothing is asked of the model', () => {
  let jobs: Jobs | undefined;

  const started = () => jobs?.started ?? [];

  beforeEach(async () => {
    await ready();
    jobs = await watchJobs();
  });

  afterEach(async () => {
    jobs?.stop();
    jobs = undefined;
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  /** The text before the cursor of the first job after something is typed where suggestions are wanted. */
  async function firstAsked(letter: string): Promise<string> {
    await type(letter);
    const { params } = await until('the model is asked', () => started()[0]);
    return params.kind === 'complete' ? params.prefix : '';
  }

  it('with several cursors, but again with one', async () => {
    const editor = await show('cursors.ts', 'const first = \nconst second = ');
    editor.selections = [0, 1].map((line) => {
      const place = editor.document.lineAt(line).range.end;
      return new vscode.Selection(place, place);
    });
    await type('s');
    // Before the editor has asked, it would ask with what is set next.
    await ended('skipped:multi-cursor');
    const place = editor.selections[1]!.active;
    editor.selections = [new vscode.Selection(place, place)];
    assert.match(await firstAsked('u'), /first = s\nconst second = su$/);
  });

  it('while the fields of a snippet are filled in, but again in its body', async () => {
    await show('snippet.ts', 'const items = [1, 2];\n');
    const snippet = `for (const \${1:item} of \${2:list}) {\n\t$0\n}`;
    await vscode.commands.executeCommand('editor.action.insertSnippet', { snippet });
    await type('each');
    await ended('skipped:snippet');
    await vscode.commands.executeCommand('jumpToNextSnippetPlaceholder');
    await type('items');
    await vscode.commands.executeCommand('jumpToNextSnippetPlaceholder');
    // The editor may ask as soon as the cursor is there.
    assert.match(await firstAsked('c'), /\nfor \(const each of items\) \{\n\s+c?$/);
  });

  it('in the arguments of a call that was taken from the list', async () => {
    const editor = await show('call.lua', 'local first = 1\nmeasureAl');
    const call = new vscode.CompletionItem('measureAll', vscode.CompletionItemKind.Function);
    call.insertText = new vscode.SnippetString(`measureAll(\${1:one}, \${2:two})`);
    const list = vscode.languages.registerCompletionItemProvider('lua', {
      provideCompletionItems: () => [call],
    });
    try {
      await until('the call is taken', async () => {
        await vscode.commands.executeCommand('editor.action.triggerSuggest');
        await pause(500);
        await vscode.commands.executeCommand('acceptSelectedSuggestion');
        return editor.document.getText().endsWith('measureAll(one, two)');
      });
      const asked = started().length;
      await type('first');
      await ended('skipped:snippet');
      assert.equal(started().length, asked);
    } finally {
      list.dispose();
    }
  });

  it('in a language that is switched off, until it is switched on', async () => {
    await show('language.py', 'first = 1\nsecond = ');
    await set('languages', { python: false });
    try {
      await type('2');
      await ended('skipped:off-for-language');
    } finally {
      await set('languages', undefined);
    }
    assert.match(await firstAsked('0'), /second = 20$/);
  });

  it('while suggestions come on demand alone, until they come by themselves again', async () => {
    await show('manual.ts', 'export const first = 1;\nexport const second = ');
    await set('eagerness', 'manual');
    try {
      await type('2');
      await ended('skipped:manual');
    } finally {
      await set('eagerness', undefined);
    }
    assert.match(await firstAsked('0'), /second = 20$/);
  });

  it('in an environment file, whatever is typed there', async () => {
    await show('local.env', 'FIRST_PASSWORD=hello\nSECOND_PASSWORD');
    await type('=');
    await ended('skipped:excluded-file');
    await show('after.ts', 'export const first = 1;\nexport const second ');
    assert.match(await firstAsked('='), /second =$/);
    // Nor is the model fed what stands there.
    const fed = await until('the other file is fed', () => jobs?.fed.includes('after.ts') && jobs.fed);
    assert.deepEqual(
      fed.filter((path) => path.endsWith('.env')),
      [],
    );
  });
});
