import * as vscode from 'vscode';
import { fileOf } from '../openFiles/documents.ts';

/** The file at hand, whose folder may have settings of its own; undefined when none is open. */
export function activeFile(): vscode.Uri | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return document && fileOf(document.uri);
}
