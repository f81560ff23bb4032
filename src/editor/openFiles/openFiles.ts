import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { pathOf, textOf } from './documents.ts';
import { type FeedSource, FileFeed } from './feed.ts';
import { isOtherScheme } from './scheme.ts';

/** Tells the worker of the files that the user looks at, so that it can copy from them. */
export function watchFiles({ host, readable }: Pick<Services, 'host' | 'readable'>): vscode.Disposable {
  const uris = new Map<string, vscode.Uri>();
  const known = (key: string, ask: (uri: vscode.Uri) => boolean | Promise<boolean>) => {
    const uri = uris.get(key);
    return uri !== undefined && ask(uri);
  };
  const feed = new FileFeed({
    send: (params) => host.worker.file(params),
    excludes: (_path, key) => known(key, (uri) => readable.excludes(uri)) === true,
    ignores: (key) => known(key, (uri) => readable.ignores(uri)),
    forget: (path) => host.worker.forget({ paths: [path] }),
  });
  let active: vscode.TextDocument | undefined;
  const touch = (document: vscode.TextDocument | undefined) => {
    if (!document || isOtherScheme(document.uri.scheme)) return;
    uris.set(document.uri.toString(), document.uri);
    feed.touch(sourceOf(document));
  };
  // Shown editors only: documents that some extension opens unseen are none of our business.
  for (const editor of vscode.window.visibleTextEditors) touch(editor.document);
  return vscode.Disposable.from(
    { dispose: () => feed.dispose() },
    vscode.window.onDidChangeActiveTextEditor((editor) => {
      // The one that is left may have been edited.
      if (active && !active.isClosed) touch(active);
      active = editor?.document;
      touch(active);
    }),
    vscode.workspace.onDidSaveTextDocument((document) => {
      const shown = vscode.window.visibleTextEditors.some((editor) => editor.document === document);
      if (shown) touch(document);
    }),
    vscode.workspace.onDidCloseTextDocument((document) => {
      feed.close(document.uri.toString());
      uris.delete(document.uri.toString());
    }),
    readable.onDidChange(() => feed.recheck()),
  );
}

function sourceOf(document: vscode.TextDocument): FeedSource {
  return {
    key: document.uri.toString(),
    path: pathOf(document.uri),
    length: textOf(document).length,
    read: () => (document.isClosed ? undefined : document.getText()),
  };
}
