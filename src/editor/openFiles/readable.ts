import path from 'node:path';
import * as vscode from 'vscode';
import { Exclusion } from '../../files/exclusion.ts';
import { IgnoredFiles } from '../../files/ignoredFiles.ts';
import { OWN_LIST, ownListOf } from '../../files/ownList.ts';
import type { Configuration } from '../settings/configuration.ts';
import { fileOf } from './documents.ts';

/**
 * Which files may be read at all, and which may be a source for others. The rules of a workspace folder speak of paths in
 * that folder.
 */
export class Readable implements vscode.Disposable {
  private readonly exclusions = new Map<string, Exclusion>();
  private readonly git = new IgnoredFiles();
  private readonly changed = new vscode.EventEmitter<void>();
  /** Other files may be read than before. */
  readonly onDidChange = this.changed.event;
  private readonly subscriptions: vscode.Disposable;

  constructor(private readonly configuration: Configuration) {
    const lists = vscode.workspace.createFileSystemWatcher(`**/{.gitignore,${OWN_LIST}}`);
    const reset = () => this.reset();
    this.subscriptions = vscode.Disposable.from(
      this.changed,
      lists,
      lists.onDidChange(reset),
      lists.onDidCreate(reset),
      lists.onDidDelete(reset),
      configuration.onDidChange(reset),
      vscode.workspace.onDidChangeWorkspaceFolders(reset),
    );
  }

  /** Whether a file is never read: it holds secrets by its name, or the settings exclude it. */
  excludes(uri: vscode.Uri): boolean {
    const file = fileOf(uri);
    const folder = vscode.workspace.getWorkspaceFolder(file);
    const key = folder?.uri.toString() ?? '';
    let exclusion = this.exclusions.get(key);
    if (!exclusion) {
      const listed = folder?.uri.scheme === 'file' ? ownListOf(folder.uri.fsPath) : [];
      const { exclude } = this.configuration.settingsFor(folder?.uri);
      exclusion = Exclusion.withSecrets([...exclude, ...listed]);
      this.exclusions.set(key, exclusion);
    }
    return exclusion.excludes(folder ? path.posix.relative(folder.uri.path, file.path) : file.path);
  }

  /** Whether version control leaves a file alone: it may be completed, and is no source for others. */
  ignores(uri: vscode.Uri): boolean | Promise<boolean> {
    const file = fileOf(uri);
    return file.scheme === 'file' && this.git.has(file.fsPath);
  }

  /** Whether nothing of a file may be copied into others. */
  barred(uri: vscode.Uri): boolean | Promise<boolean> {
    return this.excludes(uri) || this.ignores(uri);
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  private reset(): void {
    this.exclusions.clear();
    this.git.reset();
    this.changed.fire();
  }
}
