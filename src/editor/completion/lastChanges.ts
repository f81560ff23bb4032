import * as vscode from 'vscode';
import { type ChangeKind, kindOfChange } from './skip.ts';

/** Remembers what the last change of each document was. */
export class LastChanges implements vscode.Disposable {
  private readonly kinds = new WeakMap<vscode.TextDocument, ChangeKind>();
  private readonly subscription: vscode.Disposable;

  constructor() {
    this.subscription = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges, reason }) => {
      // Saving or marking as changed is told without a change of text.
      if (contentChanges.length === 0) return;
      const inserted = contentChanges.map((change) => change.text);
      this.kinds.set(document, kindOfChange(nameOf(reason), inserted));
    });
  }

  of(document: vscode.TextDocument): ChangeKind | undefined {
    return this.kinds.get(document);
  }

  dispose(): void {
    this.subscription.dispose();
  }
}

function nameOf(reason: vscode.TextDocumentChangeReason | undefined): 'undo' | 'redo' | undefined {
  if (reason === vscode.TextDocumentChangeReason.Undo) return 'undo';
  return reason === vscode.TextDocumentChangeReason.Redo ? 'redo' : undefined;
}
