import * as vscode from 'vscode';
import { pathOf } from '../documents.ts';
import type { Exclusion } from '../exclusion.ts';
import type { ChangeKind, Situation } from './skip.ts';

/** What is known of the editor that shows a document. */
export function situationOf(
  document: vscode.TextDocument,
  exclusion: Exclusion,
  lastChange: ChangeKind | undefined,
): Situation {
  const editor = vscode.window.activeTextEditor;
  const selections = editor?.document === document ? editor.selections : [];
  return {
    scheme: document.uri.scheme,
    excluded: exclusion.excludes(pathOf(document.uri)),
    cursors: selections.length,
    hasSelection: selections.some((selection) => !selection.isEmpty),
    lastChange,
  };
}
