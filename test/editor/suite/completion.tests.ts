import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { api, pause, ready, set, show, sourceUpTo, suggestionIn, trigger, type, until } from './support.ts';

describe('suggestions', () => {
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('come for a TypeScript file', async () => {
    await ready();
    const editor = await show('completion.ts', sourceUpTo('src/errors.ts', 'return error instanceof '));
    const text = await suggestionIn(editor);
    assert.notEqual(text.trim(), '');
  });

  it('come for a Python file', async () => {
    await ready();
    const editor = await show('completion.py', 'import os\n\n\ndef read_lines(path):\n    with open(');
    const text = await suggestionIn(editor);
    assert.notEqual(text.trim(), '');
  });

  it('do not come for an excluded file, not even on demand', async () => {
    const { lastOutcome } = await api();
    await ready();
    await show('.env', 'FIRST_PASSWORD=hello\nSECOND_PASSWORD=');
    await trigger();
    await until('the request was turned down', () => lastOutcome() === 'skipped:excluded-file');
  });

  it('do not come when the extension is off', async () => {
    const { lastOutcome } = await api();
    await ready();
    await set('enable', false);
    try {
      const editor = await show('off.ts', 'export const one = ');
      await type('1');
      await until('the request was turned down', () => lastOutcome() === 'skipped:off');
      await pause(300);
      await vscode.commands.executeCommand('editor.action.inlineSuggest.commit');
      assert.equal(editor.document.getText(), 'export const one = 1');
    } finally {
      await set('enable', undefined);
    }
  });
});
