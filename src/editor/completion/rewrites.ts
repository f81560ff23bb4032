import * as vscode from 'vscode';
import { textOf } from '../openFiles/documents.ts';
import { originalAt, type Rewrite, rewriteAfter, rewriteAt } from './removedText.ts';

/** A longer document is not followed: its text would have to be copied whenever its editor is shown. */
const longest = 400_000;

/**
 * Follows what is being rewritten in the active editor. The editor tells where text was taken away but not which, so a
 * copy of the document is kept up to date.
 */
export class Rewrites implements vscode.Disposable {
  private document: vscode.TextDocument | undefined;
  private text = '';
  private rewrite: Rewrite | undefined;
  private readonly subscriptions: vscode.Disposable;

  constructor() {
    this.follow(vscode.window.activeTextEditor?.document);
    this.subscriptions = vscode.Disposable.from(
      vscode.window.onDidChangeActiveTextEditor((editor) => this.follow(editor?.document)),
      vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.document === this.document && event.contentChanges.length > 0) this.take(event);
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections: [first] }) => {
        if (textEditor.document !== this.document || !first) return;
        this.rewrite = this.rewrite && rewriteAt(this.rewrite, this.document.offsetAt(first.active));
      }),
    );
  }

  /** The text that is being replaced at a place, as far as it has not been written again. */
  originalAt(document: vscode.TextDocument, offset: number): string | undefined {
    return document === this.document ? originalAt(this.rewrite, offset, performance.now()) : undefined;
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  private follow(document: vscode.TextDocument | undefined): void {
    const followed = document && textOf(document).length <= longest ? document : undefined;
    this.document = followed;
    this.text = followed?.getText() ?? '';
    this.rewrite = undefined;
  }

  private take({ document, contentChanges, reason }: vscode.TextDocumentChangeEvent): void {
    // All places are those of the text before the event: from the last to the first they stay right.
    const changes = [...contentChanges].sort((a, b) => b.rangeOffset - a.rangeOffset);
    for (const { rangeOffset: offset, rangeLength, text: inserted } of changes) {
      const end = offset + rangeLength;
      const removed = this.text.slice(offset, end);
      this.rewrite = rewriteAfter(this.rewrite, { offset, removed, inserted }, performance.now());
      this.text = this.text.slice(0, offset) + inserted + this.text.slice(end);
    }
    // Undoing brings the text itself back. A copy that has gone wrong is made anew.
    if (this.text.length !== textOf(document).length) this.follow(document);
    else if (reason !== undefined) this.rewrite = undefined;
  }
}
