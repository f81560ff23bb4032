import * as vscode from 'vscode';
import { type CompletionContext, contextAt, type DocumentText } from './completion/context.ts';

/** A document as the pure parts see it. */
export function textOf(document: vscode.TextDocument): DocumentText {
  const lastLine = document.lineAt(document.lineCount - 1);
  return {
    length: document.offsetAt(lastLine.range.end),
    slice: (start, end) =>
      document.getText(new vscode.Range(document.positionAt(start), document.positionAt(end))),
  };
}

/** The path that the worker and the exclusion patterns see: relative to the workspace folder where there is one. */
export function pathOf(uri: vscode.Uri): string {
  const path = vscode.workspace.asRelativePath(uri);
  return path.replaceAll('\\', '/');
}

/** The text around a position. */
export function contextOf(document: vscode.TextDocument, position: vscode.Position): CompletionContext {
  const tabSize = vscode.window.activeTextEditor?.options.tabSize;
  return contextAt(textOf(document), document.offsetAt(position), {
    uri: document.uri.toString(),
    path: pathOf(document.uri),
    language: document.languageId,
    version: document.version,
    tabSize: typeof tabSize === 'number' ? tabSize : 4,
  });
}

/** The text around the cursor of the active editor. */
export function currentContext(): CompletionContext | undefined {
  const editor = vscode.window.activeTextEditor;
  return editor && contextOf(editor.document, editor.selection.active);
}
