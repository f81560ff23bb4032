// This folder: finds the files of the workspace and feeds them to the index while nothing is typed.

import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { GitIgnores } from '../../files/git.ts';
import { nameOfFolder, pathOf } from '../openFiles/documents.ts';
import type { Services } from '../services.ts';
import { languageIsOn } from '../settings/settings.ts';
import { WorkspaceFeed } from './feed.ts';
import { globsOf, isWritten, KnownNames, type LanguageContribution } from './rules.ts';
import { type WorkspaceFile, walkWorkspace } from './walk.ts';

/** Bytes of the largest file that is indexed, files and folders that are looked at. */
const MAX_BYTES = 200_000;
const MOST_FILES = 20_000;
/** After the last change of a document nothing is read for this long, in milliseconds. */
const TYPING_PAUSE = 1_500;
/** Between two messages to the worker. */
const BREATH = 40;
/** After a change of settings or of a `.gitignore`, and after a file was changed on disk. */
const SETTLING = 1_000;

type Indexing = Pick<Services, 'host' | 'configuration' | 'readable' | 'log'>;

/**
 * Lets the worker index the files of a trusted workspace on disk in the background, and keeps up with their changes.
 * Never those that the editor or git is told to leave alone, or that are excluded.
 */
export function watchWorkspace(services: Indexing): vscode.Disposable {
  const index = new WorkspaceIndex(services);
  const { host, readable } = services;
  const watcher = vscode.workspace.createFileSystemWatcher('**/*');
  return vscode.Disposable.from(
    index,
    watcher,
    watcher.onDidChange((uri) => index.touched(uri)),
    watcher.onDidCreate((uri) => index.touched(uri)),
    watcher.onDidDelete((uri) => index.deleted(uri)),
    host.worker.onDidChangeState((state) => {
      // Loaded again after a rest, the worker still holds what it was told.
      if (state.kind === 'ready' && state.resting === undefined && !state.adjusted) index.restart();
    }),
    readable.onDidChange(() => index.rulesChanged()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('files.exclude') || event.affectsConfiguration('search.exclude')) {
        index.rulesChanged();
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => index.rulesChanged()),
    vscode.workspace.onDidChangeTextDocument(() => index.typed()),
    // An open file is told of by itself; once closed, what is on disk counts.
    vscode.workspace.onDidCloseTextDocument((document) => index.touched(document.uri)),
  );
}

class WorkspaceIndex implements vscode.Disposable {
  private readonly feed: WorkspaceFeed;
  private readonly git = new Map<string, GitIgnores>();
  private readonly hidden = new Map<string, (path: string) => boolean>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  /** File names of the languages that are wanted, by workspace folder. */
  private readonly names = new Map<string, KnownNames>();
  /** By a clock that nobody sets. */
  private lastTyped = Number.NEGATIVE_INFINITY;
  private scan = new AbortController();

  constructor(private readonly services: Indexing) {
    this.feed = new WorkspaceFeed({
      send: (params) => services.host.worker.index(params),
      read: (name) => this.read(name),
      quiet: () => this.quiet(),
      log: (line) => services.log.info(line),
    });
  }

  /** A new worker has to be told everything. */
  restart(): void {
    this.feed.forget();
    this.later('scan', 0, () => void this.fill());
  }

  /** Other files may be read than before. What must not be known any more is taken away at once. */
  rulesChanged(): void {
    this.feed.removed((name) => {
      const uri = this.uriOf(name);
      return !uri || this.services.readable.excludes(uri);
    });
    this.names.clear();
    this.git.clear();
    this.hidden.clear();
    this.later('scan', SETTLING, () => void this.fill());
  }

  touched(uri: vscode.Uri): void {
    if (this.mayHold(uri)) this.later(uri.fsPath, SETTLING, () => this.feed.changed(pathOf(uri)));
  }

  deleted(uri: vscode.Uri): void {
    const name = pathOf(uri);
    // Of a folder nothing else is told.
    this.feed.removed((known) => known === name || known.startsWith(`${name}/`));
  }

  typed(): void {
    this.lastTyped = performance.now();
  }

  dispose(): void {
    this.scan.abort();
    this.feed.dispose();
    for (const timer of this.timers.values()) clearTimeout(timer);
  }

  private async fill(): Promise<void> {
    this.scan.abort();
    this.scan = new AbortController();
    const { signal } = this.scan;
    const files: WorkspaceFile[] = [];
    for (const folder of this.folders()) {
      const uriOf = (file: string) => vscode.Uri.file(file);
      const found = await walkWorkspace(folder.uri.fsPath, {
        enters: async (file) => path.basename(file) !== '.git' && !(await this.isIgnored(uriOf(file), true)),
        takes: async (file) => this.mayHold(uriOf(file)) && !(await this.isIgnored(uriOf(file), false)),
        maxBytes: MAX_BYTES,
        most: MOST_FILES,
        signal,
      });
      files.push(...found);
    }
    if (signal.aborted) return;
    files.sort((a, b) => b.changed - a.changed);
    this.feed.fill(files.slice(0, MOST_FILES).map(({ file }) => pathOf(vscode.Uri.file(file))));
  }

  /** The workspace folders that are on this machine's disk, none of a workspace that is not trusted. */
  private folders(): readonly vscode.WorkspaceFolder[] {
    if (!vscode.workspace.isTrusted || this.services.configuration.settings['index.memory'] === 0) return [];
    return (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  }

  /** Whether a file is one of ours as far as its name and its place tell. */
  private mayHold(uri: vscode.Uri): boolean {
    if (uri.scheme !== 'file') return false;
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    if (!folder || !this.folders().some((each) => each.uri.toString() === folder.uri.toString()))
      return false;
    return this.known(folder).has(pathOf(uri)) && !this.services.readable.excludes(uri);
  }

  /** Whether the editor or git is told to leave a path alone; of git only the rules for the path itself. */
  private async isIgnored(uri: vscode.Uri, isFolder: boolean): Promise<boolean> {
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    if (!folder || this.isHidden(folder, uri)) return true;
    return await this.gitOf(folder).ignoresItself(uri.fsPath, isFolder);
  }

  private isHidden(folder: vscode.WorkspaceFolder, uri: vscode.Uri): boolean {
    const root = folder.uri.fsPath;
    let hides = this.hidden.get(root);
    if (!hides) {
      const setting = (name: string) =>
        vscode.workspace.getConfiguration(name, folder).get<Record<string, unknown>>('exclude');
      hides = globsOf(setting('files'), setting('search'));
      this.hidden.set(root, hides);
    }
    return hides(path.relative(root, uri.fsPath).replaceAll('\\', '/'));
  }

  private gitOf(folder: vscode.WorkspaceFolder): GitIgnores {
    const root = folder.uri.fsPath;
    const git = this.git.get(root) ?? new GitIgnores(root);
    this.git.set(root, git);
    return git;
  }

  /** The text of a file that was found before, if it still may be read. */
  private async read(name: string): Promise<string | undefined> {
    const uri = this.uriOf(name);
    if (!uri || !this.mayHold(uri)) return undefined;
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    if (!folder || this.isHidden(folder, uri)) return undefined;
    if (await this.gitOf(folder).ignores(uri.fsPath)) return undefined;
    try {
      if ((await stat(uri.fsPath)).size > MAX_BYTES) return undefined;
      const text = await readFile(uri.fsPath, 'utf8');
      return isWritten(text) ? text : undefined;
    } catch {
      return undefined;
    }
  }

  /** The file of a name as {@link pathOf} gives it. */
  private uriOf(name: string): vscode.Uri | undefined {
    const folders = this.folders();
    if ((vscode.workspace.workspaceFolders?.length ?? 0) < 2) {
      return folders[0] && vscode.Uri.joinPath(folders[0].uri, name);
    }
    const [first = '', ...rest] = name.split('/');
    const folder = folders.find((each) => nameOfFolder(each) === first);
    return folder && vscode.Uri.joinPath(folder.uri, ...rest);
  }

  private known(folder: vscode.WorkspaceFolder): KnownNames {
    const key = folder.uri.toString();
    const { languages } = this.services.configuration.settingsFor(folder.uri);
    const names =
      this.names.get(key) ??
      new KnownNames(contributedLanguages(), (language) => languageIsOn(languages, language));
    this.names.set(key, names);
    return names;
  }

  /** Wait until the user pauses. */
  private async quiet(): Promise<void> {
    await delay(BREATH);
    for (;;) {
      const rest = this.lastTyped + TYPING_PAUSE - performance.now();
      if (rest <= 0) return;
      await delay(rest);
    }
  }

  private later(key: string, wait: number, work: () => void): void {
    clearTimeout(this.timers.get(key));
    this.timers.set(
      key,
      setTimeout(() => {
        this.timers.delete(key);
        work();
      }, wait),
    );
  }
}

function contributedLanguages(): LanguageContribution[] {
  return vscode.extensions.all.flatMap(({ packageJSON }) => {
    const languages: unknown = packageJSON?.contributes?.languages;
    return Array.isArray(languages) ? (languages as LanguageContribution[]) : [];
  });
}
