// This folder: summaries and translations in a document of their own.

import * as vscode from 'vscode';
import { previewText, type TaskKind, type TaskRun } from './taskRun.ts';

export const previewScheme = 'slipstream-preview';

/** Where the text of a preview came from. */
export interface PreviewOrigin {
  readonly uri: vscode.Uri;
  readonly selected: string;
  readonly offset: number;
}

export interface Preview {
  readonly kind: TaskKind;
  readonly uri: vscode.Uri;
  readonly origin: PreviewOrigin;
  readonly run: TaskRun;
}

/** A document is asked for anew on each change; in milliseconds: faster than this cannot be read. */
const refreshEvery = 80;

/** Read-only documents that show a task's text as it comes. */
export class PreviewDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly previews = new Map<string, Preview>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly subscriptions: vscode.Disposable[];
  private count = 0;

  constructor() {
    this.subscriptions = [
      this.changed,
      vscode.workspace.registerTextDocumentContentProvider(previewScheme, this),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        for (const tab of closed) {
          if (tab.input instanceof vscode.TabInputText) this.forget(tab.input.uri);
        }
      }),
    ];
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const preview = this.previews.get(uri.toString());
    return preview ? previewText(preview.run) : '';
  }

  /** Open a preview beside the editor and keep it up to date while the task runs. */
  async open(
    { kind, title, extension }: { kind: TaskKind; title: string; extension: string },
    origin: PreviewOrigin,
    begin: (changed: () => void) => TaskRun,
  ): Promise<Preview> {
    this.count += 1;
    const uri = vscode.Uri.from({ scheme: previewScheme, path: `/${title} ${this.count}${extension}` });
    const preview = { kind, uri, origin, run: begin(() => this.refresh(uri)) };
    this.previews.set(uri.toString(), preview);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, {
      viewColumn: vscode.ViewColumn.Beside,
      preserveFocus: true,
      preview: false,
    });
    return preview;
  }

  /** The preview of this address, else the one in the active editor, else the newest that is visible. */
  find(uri: vscode.Uri | undefined): Preview | undefined {
    const candidates = [
      uri,
      vscode.window.activeTextEditor?.document.uri,
      ...vscode.window.visibleTextEditors.map((editor) => editor.document.uri).reverse(),
    ];
    for (const candidate of candidates) {
      const preview = candidate && this.previews.get(candidate.toString());
      if (preview) return preview;
    }
    return undefined;
  }

  /** Close the preview; a task that still runs is ended. */
  async close(preview: Preview): Promise<void> {
    const tabs = vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter((tab) => tab.input instanceof vscode.TabInputText)
      .filter((tab) => (tab.input as vscode.TabInputText).uri.toString() === preview.uri.toString());
    this.forget(preview.uri);
    await vscode.window.tabGroups.close(tabs);
  }

  dispose(): void {
    for (const { uri } of [...this.previews.values()]) this.forget(uri);
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private forget(uri: vscode.Uri): void {
    const key = uri.toString();
    const preview = this.previews.get(key);
    if (preview?.run.state.kind === 'running') preview.run.drop();
    this.previews.delete(key);
    clearTimeout(this.timers.get(key));
    this.timers.delete(key);
  }

  private refresh(uri: vscode.Uri): void {
    const key = uri.toString();
    if (this.timers.has(key)) return;
    const timer = setTimeout(() => {
      this.timers.delete(key);
      this.changed.fire(uri);
    }, refreshEvery);
    this.timers.set(key, timer);
  }
}
