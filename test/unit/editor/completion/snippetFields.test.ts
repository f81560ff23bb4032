import '../../../fakes/vscode/install.ts';
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { SnippetWatch } from '../../../../src/editor/completion/snippetWatch.ts';
import { editor } from '../../../fakes/vscode/install.ts';
import { TextEditorSelectionChangeKind } from '../../../fakes/vscode/values.ts';
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
  const select = (from: number, to: number, kind?: number) => {
    active!.select(from, to);
    editor.events.selection.fire({ textEditor: active!, selections: active!.selections, kind });
  };
  /** Text that comes at once, the cursor behind it, and where it or a selection is then. */
  const place = (removed: number, text: string, from: number, to = from) => {
    const at = document.getText().length - removed;
    document.replace(at, removed, text);
    const change = { rangeOffset: at, rangeLength: removed, text };
    editor.events.change.fire({ document, contentChanges: [change], reason: undefined });
    editor.events.change.fire({ document, contentChanges: [], reason: undefined });
    select(at + text.length, at + text.length);
    if (from !== at + text.length) select(from, to);
  };
  const filling = () => watch.isFilling(document as never);
  return { place, select, filling };
}

test('a text with the cursor in it, or a part of it selected, is a snippet until one leaves it', () => {
  const { place, filling } = start('f█');
  place(1, 'for (const x of xs) {\n  \n}', 11, 12);
  assert.equal(filling(), true, 'a field with a text is selected');
  editor.type(11, 1, 'item');
  assert.equal(filling(), true, 'it is typed over');
  editor.moveTo(19);
  assert.equal(filling(), true, 'the next field');
  editor.moveTo(27);
  assert.equal(filling(), false, 'the line in which its body is written');
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

test('behind its end a snippet is over, and none begins on a blank line, or by a key or a click', () => {
  const { place, filling } = start('f█');
  place(1, 'if (a) { b }', 4, 5);
  assert.equal(filling(), true);
  editor.moveTo(editor.active!.document.getText().length);
  assert.equal(filling(), false, 'its end');
  watch.dispose();
  const body = start('f█');
  body.place(1, 'try {\n  \n}', 8);
  assert.equal(body.filling(), false, 'a blank line');
  watch.dispose();
  for (const kind of [TextEditorSelectionChangeKind.Mouse, TextEditorSelectionChangeKind.Keyboard]) {
    const pasted = start('f█');
    pasted.place(1, 'const a = 1;', 12);
    pasted.select(3, 3, kind);
    assert.equal(pasted.filling(), false, 'one goes back into what was pasted');
    watch.dispose();
  }
});

test('a field that stands in several places is written in all of them, and the snippet goes on', () => {
  const { place, select, filling } = start('f█');
  place(1, 'for (let i = 0; i < n; i++) {}', 9, 10);
  const { document } = editor.active!;
  const contentChanges = [23, 16, 9].map((rangeOffset) => ({ rangeOffset, rangeLength: 1, text: 'at' }));
  for (const { rangeOffset } of contentChanges) document.replace(rangeOffset, 1, 'at');
  editor.events.change.fire({ document, contentChanges, reason: undefined });
  select(11, 11, TextEditorSelectionChangeKind.Keyboard);
  select(22, 23);
  assert.equal(filling(), true, document.getText());
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
