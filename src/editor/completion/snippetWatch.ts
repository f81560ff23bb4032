import * as vscode from 'vscode';
import { afterEdit, isBehind, isInField, isStillIn, placedBy, type Span } from './snippetFields.ts';

/** Follows whether a snippet is being filled in, in the active editor. */
export class SnippetWatch implements vscode.Disposable {
  private document: vscode.TextDocument | undefined;
  /** What was just put in; where the cursor goes from its end tells what it is. */
  private placed: Span | undefined;
  private filled: Span | undefined;
  private readonly subscriptions: vscode.Disposable;

  constructor() {
    this.subscriptions = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument((event) => this.changed(event)),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections, kind }) => {
        const [first] = selections;
        if (textEditor.document !== this.document || !first) return;
        const { document } = textEditor;
        // The editor names no kind for what a snippet does; keys, the pointer and other programs have theirs.
        if (kind !== undefined) this.placed = undefined;
        const selected = { start: document.offsetAt(first.start), end: document.offsetAt(first.end) };
        this.moved(selected, document.lineAt(first.active.line).text.trim() === '');
      }),
    );
  }

  /** Whether a snippet is being filled in there. */
  isFilling(document: vscode.TextDocument): boolean {
    return document === this.document && this.filled !== undefined;
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  private changed({ document, contentChanges, reason }: vscode.TextDocumentChangeEvent): void {
    if (contentChanges.length === 0 || document !== vscode.window.activeTextEditor?.document) return;
    const edits = contentChanges.map(({ rangeOffset: offset, rangeLength: removed, text }) => ({
      offset,
      removed,
      text,
    }));
    const before = this.document === document && reason === undefined ? this.filled : undefined;
    // A field that stands in several places is written in all of them at once.
    const filled = edits.reduce((span: Span | undefined, edit) => span && afterEdit(span, edit), before);
    this.document = document;
    this.filled = filled;
    this.placed = edits.length === 1 && reason === undefined && !filled ? placedBy(edits[0]!) : undefined;
  }

  /** @param blank whether nothing stands in the cursor's line: there the snippet's own fields are over, and its body is written */
  private moved(selected: Span, blank: boolean): void {
    const { placed, filled } = this;
    // The cursor stands behind the text first, and goes into its field then.
    if (placed && isBehind(placed, selected)) return;
    this.placed = undefined;
    if (placed) this.filled = !blank && isInField(placed, selected) ? placed : undefined;
    else if (filled && (blank || !isStillIn(filled, selected))) this.filled = undefined;
  }
}
