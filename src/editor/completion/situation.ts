import * as vscode from 'vscode';
import type { ChangeKind, Situation } from './skip.ts';

/** What is known of the editor that shows a document. */
export function situationOf(
  document: vscode.TextDocument,
  excluded: boolean,
  lastChange: ChangeKind | undefined,
): Situation {
  const editor = vscode.window.activeTextEditor;
  const selections = editor?.document === document ? editor.selections : [];
  return {
    scheme: document.uri.scheme,
    excluded,
    cursors: selections.length,
    hasSelection: selections.some((selection) => !selection.isEmpty),
    lastChange,
  };
}
