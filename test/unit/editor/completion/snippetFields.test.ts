import '../../../fakes/vscode/install.ts';
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { SnippetWatch } from '../../../../src/editor/completion/snippetWatch.ts';
import { editor } from '../../../fakes/vscode/install.ts';
import { showDrawn } from '../activated.ts';

/** Silence while a snippet is filled in, told by what the editor shows of it. */

let watch: SnippetWatch;
afterEach(() => {
  watch.dispose();
  editor.active = undefined;
});

function start(drawing: string) {
  watch = new SnippetWatch();
  const { document } = showDrawn(drawing);
  const { active } = editor;
  /** Text that comes at once, and where the cursor or a selection is then. */
  const place = (removed: number, text: string, from: number, to = from) => {
    const at = document.getText().length - removed;
    document.replace(at, removed, text);
    const change = { rangeOffset: at, rangeLength: removed, text };
    editor.events.change.fire({ document, contentChanges: [change], reason: undefined } as never);
    active!.select(from, to);
    editor.events.selection.fire({ textEditor: active!, selections: active!.selections } as never);
  };
  const filling = () => watch.isFilling(document as never);
  return { place, filling };
}

test('a text with the cursor in it, or a part of it selected, is a snippet until one leaves it', () => {
  const { place, filling } = start('f█');
  place(1, 'for (const x of xs) {\n  \n}', 11, 12);
  assert.equal(filling(), true, 'a field with a text is selected');
  editor.type(11, 1, 'item');
  assert.equal(filling(), true, 'it is typed over');
  editor.moveTo(19);
  assert.equal(filling(), true, 'the next field');
  editor.moveTo(editor.active!.document.getText().length);
  assert.equal(filling(), false, 'its end');
  editor.moveTo(12);
  assert.equal(filling(), false, 'it stays over');
});

test('an empty field of a call that was taken from a list is one; moving out of the call ends it', () => {
  const { place, filling } = start('a\npri█');
  place(3, 'print()', 8);
  assert.equal(filling(), true);
  editor.type(8, 0, 'x');
  assert.equal(filling(), true);
  editor.moveTo(0);
  assert.equal(filling(), false);
});

test('what is typed, pasted, closed by the editor, copied as a line or undone is none', () => {
  for (const [text, cursor] of [
    ['x', 3],
    ['pasted text', 13],
    ['()', 3],
    ['\n  \n', 4],
    ['</div>', 2],
    ['\na copied line', 8],
  ] as const) {
    const { place, filling } = start('a █');
    place(0, text, cursor);
    assert.equal(filling(), false, text);
    watch.dispose();
  }
  const { filling } = start('f█');
  editor.type(1, 0, 'oo(bar)', 1);
  editor.moveTo(3);
  assert.equal(filling(), false);
});
