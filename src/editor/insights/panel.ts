import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** Pages that are open, by name. */
const open = new Map<string, vscode.WebviewPanel>();

/**
 * Show a page, in the panel of its name where that is open. No script runs in it, nothing is loaded from disk or network, and only the
 * named commands may be linked.
 */
export function showPage(
  name: string,
  title: string,
  make: (nonce: string) => string,
  commands: readonly string[],
): void {
  let panel = open.get(name);
  if (!panel) {
    panel = vscode.window.createWebviewPanel(
      `slipstream.${name}`,
      title,
      { viewColumn: vscode.ViewColumn.Active },
      { enableScripts: false, enableCommandUris: [...commands], localResourceRoots: [] },
    );
    panel.onDidDispose(() => open.delete(name));
    open.set(name, panel);
  }
  panel.title = title;
  panel.webview.html = make(randomBytes(16).toString('hex'));
  panel.reveal();
}
