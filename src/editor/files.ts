import * as vscode from 'vscode';
import { isOtherScheme } from './completion/skip.ts';
import { pathOf, textOf } from './documents.ts';
import { type FeedSource, FileFeed } from './fileFeed.ts';
import type { Services } from './services.ts';

/** Tells the worker of the files that the user looks at, so that it can copy from them. */
export function watchFiles({ host, exclusion, configuration }: Services): vscode.Disposable {
  const feed = new FileFeed({
    send: (params) => host.worker.file(params),
    excludes: (path) => exclusion().excludes(path),
  });
  let active: vscode.TextDocument | undefined;
  const touch = (document: vscode.TextDocument | undefined) => {
    if (document && !isOtherScheme(document.uri.scheme)) feed.touch(sourceOf(document));
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
    vscode.workspace.onDidCloseTextDocument((document) => feed.close(document.uri.toString())),
    configuration.onDidChange(() => feed.recheck()),
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
