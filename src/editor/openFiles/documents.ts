// This folder: documents as the pure parts see them, which of them are left alone, and the feed of open ones.

import * as vscode from 'vscode';
import { type CompletionContext, contextAt, type DocumentText } from '../../suggestion/context.ts';
import { type SelectedEntry, withEntry } from '../../suggestion/selectedEntry.ts';
import { cellName, cellsAbove } from './cells.ts';

/** A document as the pure parts see it. */
export function textOf(document: vscode.TextDocument): DocumentText {
  const lastLine = document.lineAt(document.lineCount - 1);
  return {
    length: document.offsetAt(lastLine.range.end),
    slice: (start, end) =>
      document.getText(new vscode.Range(document.positionAt(start), document.positionAt(end))),
  };
}

const CELL = 'vscode-notebook-cell';

/** The file that a document belongs to: that of the notebook for a cell, else its own. */
export function fileOf(uri: vscode.Uri): vscode.Uri {
  return uri.scheme === CELL ? (notebookOf(uri)?.uri ?? uri.with({ scheme: 'file', fragment: '' })) : uri;
}

/** The name that the worker knows a document by: relative to the workspace folder where there is one, a name for each cell. */
export function pathOf(uri: vscode.Uri): string {
  const path = relativePath(fileOf(uri));
  return uri.scheme === CELL ? cellName(path, uri.fragment) : path;
}

function relativePath(file: vscode.Uri): string {
  const folder = vscode.workspace.getWorkspaceFolder(file);
  if (!folder) return vscode.workspace.asRelativePath(file).replaceAll('\\', '/');
  const path = file.path.slice(folder.uri.path.replace(/\/$/, '').length + 1);
  return (vscode.workspace.workspaceFolders?.length ?? 0) > 1 ? `${nameOfFolder(folder)}/${path}` : path;
}

/** The name of a workspace folder among the others: where two have the same, they are told apart by their numbers. */
export function nameOfFolder(folder: vscode.WorkspaceFolder): string {
  const { workspaceFolders = [] } = vscode.workspace;
  const twice = workspaceFolders.some(({ name, index }) => name === folder.name && index !== folder.index);
  return twice ? `${folder.name} (${folder.index + 1})` : folder.name;
}

function notebookOf(uri: vscode.Uri): vscode.NotebookDocument | undefined {
  return vscode.workspace.notebookDocuments.find((notebook) =>
    notebook.getCells().some(({ document }) => document.uri.toString() === uri.toString()),
  );
}

/** What the cells above a cell hold, as far as it is in the same language. */
function textAbove(document: vscode.TextDocument): string {
  if (document.uri.scheme !== CELL) return '';
  const cells = notebookOf(document.uri)?.getCells() ?? [];
  return cellsAbove(
    cells.map((cell) => ({
      key: cell.document.uri.toString(),
      language: cell.document.languageId,
      text: () => cell.document.getText(),
    })),
    document.uri.toString(),
  );
}

/** The text around a position; around the end of a list's entry where one is selected there. */
export function contextOf(
  document: vscode.TextDocument,
  position: vscode.Position,
  entry?: SelectedEntry | undefined,
): CompletionContext {
  const tabSize = vscode.window.activeTextEditor?.options.tabSize;
  const text = textOf(document);
  const place = entry ? entry.start + entry.text.length : document.offsetAt(position);
  const context = contextAt(entry ? withEntry(text, entry) : text, place, {
    uri: document.uri.toString(),
    path: pathOf(document.uri),
    language: document.languageId,
    version: document.version,
    tabSize: typeof tabSize === 'number' ? tabSize : 4,
  });
  // Only where the cell's own text is whole: what stands above it comes before its first line.
  const above = context.start === 0 ? textAbove(document) : '';
  const whole = above === '' ? context : { ...context, prefix: above + context.prefix };
  return entry ? { ...whole, hasEntry: true } : whole;
}

/** The text around the cursor of the active editor. @param entryAt the list's entry that is selected at a place */
export function currentContext(
  entryAt?: (document: vscode.TextDocument, position: vscode.Position) => SelectedEntry | undefined,
): CompletionContext | undefined {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return undefined;
  const { active } = editor.selection;
  return contextOf(editor.document, active, entryAt?.(editor.document, active));
}
