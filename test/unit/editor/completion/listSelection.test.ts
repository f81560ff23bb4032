import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type * as vscode from 'vscode';
import { ListSelection } from '../../../../src/editor/completion/listSelection.ts';

/** A document of one line: places are columns. */
function line(version = 1): vscode.TextDocument {
  return { version, offsetAt: ({ character }: vscode.Position) => character } as vscode.TextDocument;
}

const at = (character: number) => ({ line: 0, character }) as vscode.Position;

function selected(start: number, end: number, text: string): vscode.SelectedCompletionInfo {
  return { range: { start: at(start), end: at(end) }, text } as vscode.SelectedCompletionInfo;
}

describe('the entry that is selected in the editor’s list', () => {
  test('is remembered for the place where the editor has asked', () => {
    const selection = new ListSelection();
    const document = line();
    const entry = { start: 4, end: 7, text: 'forEach' };
    assert.deepEqual(selection.note(document, at(7), selected(4, 7, 'forEach')), entry);
    assert.deepEqual(selection.at(document, at(7)), entry);
    assert.equal(selection.at(document, at(6)), undefined, 'the cursor has moved');
    assert.equal(selection.at(line(), at(7)), undefined, 'another document');
  });

  test('is forgotten when the text changes or the list closes', () => {
    const selection = new ListSelection();
    const document = { ...line() };
    selection.note(document, at(7), selected(4, 7, 'forEach'));
    document.version++;
    assert.equal(selection.at(document, at(7)), undefined, 'the text has changed');
    selection.note(document, at(8), selected(4, 8, 'forEach'));
    assert.notEqual(selection.at(document, at(8)), undefined);
    assert.equal(selection.note(document, at(8), undefined), undefined);
    assert.equal(selection.at(document, at(8)), undefined, 'the list is closed');
  });

  test('of several lines is none: the editor shows no suggestion beside it', () => {
    const selection = new ListSelection();
    const document = line();
    assert.equal(selection.note(document, at(3), selected(0, 3, 'for {\n}')), undefined);
    assert.equal(selection.at(document, at(3)), undefined);
  });
});
