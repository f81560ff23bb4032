import * as vscode from 'vscode';
import { afterEdit, isInField, isStillIn, placedBy, type Span } from './snippetFields.ts';

/** Follows whether a snippet is being filled in, in the active editor. */
export class SnippetWatch implements vscode.Disposable {
  private document: vscode.TextDocument | undefined;
  /** What was just put in; the next move of the cursor tells what it is. */
  private placed: Span | undefined;
  private filled: Span | undefined;
  private readonly subscriptions: vscode.Disposable;

  constructor() {
    this.subscriptions = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument((event) => this.changed(event)),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections }) => {
        const [first] = selections;
        if (textEditor.document !== this.document || !first) return;
        const { document } = textEditor;
        this.moved({ start: document.offsetAt(first.start), end: document.offsetAt(first.end) });
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
    const [first] = contentChanges;
    if (!first || document !== vscode.window.activeTextEditor?.document) return;
    const edit = { offset: first.rangeOffset, removed: first.rangeLength, text: first.text };
    const alone = contentChanges.length === 1 && reason === undefined;
    const filled = alone && this.document === document && this.filled && afterEdit(this.filled, edit);
    this.document = document;
    this.filled = filled || undefined;
    this.placed = alone && !filled ? placedBy(edit) : undefined;
  }

  private moved(selected: Span): void {
    const { placed, filled } = this;
    this.placed = undefined;
    if (placed) this.filled = isInField(placed, selected) ? placed : undefined;
    else if (filled && !isStillIn(filled, selected)) this.filled = undefined;
  }
}
