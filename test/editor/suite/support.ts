import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { SlipstreamApi } from '../../../src/editor/activate.ts';
import type { CompletionWorker, WorkerState } from '../../../src/worker/worker.ts';

/** The manifest of the extension under test, as the editor sees it. */
export interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly configuration: Configuration | readonly Configuration[];
  };
}

interface Configuration {
  readonly properties: Readonly<Record<string, { readonly default?: unknown; readonly type?: unknown }>>;
}

export function extension(): vscode.Extension<SlipstreamApi> {
  const found = vscode.extensions.all.find((candidate) => candidate.packageJSON.name === 'slipstream');
  if (!found) throw new Error('the extension is not there');
  return found;
}

export function manifest(): Manifest {
  return extension().packageJSON as Manifest;
}

/** What the extension gives to tests, once it is active. */
export async function api(): Promise<SlipstreamApi> {
  return await extension().activate();
}

/** Waits until the worker takes jobs, and the editor asks for suggestions. */
export async function ready(): Promise<WorkerState> {
  const { worker } = await api();
  const state = await until(
    'the worker is ready',
    () => (worker.state.kind === 'ready' ? worker.state : undefined),
    120_000,
  );
  asks ??= firstQuestion();
  await asks;
  return state;
}

let asks: Promise<void> | undefined;

/**
 * Types until the editor asks for the first time. It starts its part of suggestions when it has nothing else to do, up to five
 * seconds after it has shown its first file; no key before that makes it ask.
 */
async function firstQuestion(): Promise<void> {
  const { lastOutcome } = await api();
  await show('first.ts', 'export const first = ');
  await until('the editor asks for suggestions', async () => {
    await type('1');
    await pause(300);
    return lastOutcome() !== 'none';
  });
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
}

/** Asks again and again until there is an answer. */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  milliseconds = 60_000,
): Promise<T> {
  for (const deadline = Date.now() + milliseconds; Date.now() < deadline; await pause(50)) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
  }
  throw new Error(`not within ${milliseconds / 1000} s: ${what}`);
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** The beginning of a source file of this project, up to and with the first occurrence of `mark`. */
export function sourceUpTo(file: string, mark: string): string {
  const text = readFileSync(path.join(extension().extensionPath, file), 'utf8');
  const at = text.indexOf(mark);
  if (at < 0) throw new Error(`${file} has no "${mark}" any more`);
  return text.slice(0, at + mark.length);
}

/** Writes a file into the open folder and shows it with the cursor at its end. */
export async function show(name: string, text: string): Promise<vscode.TextEditor> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) throw new Error('the tests need an open folder');
  const uri = vscode.Uri.joinPath(folder.uri, name);
  await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
  const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
  const end = editor.document.positionAt(editor.document.getText().length);
  editor.selection = new vscode.Selection(end, end);
  return editor;
}

/** Types at the cursor through the editor, which then asks for suggestions by itself; an edit by program would not. */
export async function type(text: string): Promise<void> {
  for (const character of text) await vscode.commands.executeCommand('type', { text: character });
}

/** Asks for a suggestion at the cursor, as the command of the editor does. */
export async function trigger(): Promise<void> {
  await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
}

/** The jobs that the model is given, each with its end, and the files whose text it is fed, until it is told to stop. */
export interface Jobs {
  readonly started: readonly Job[];
  readonly fed: readonly string[];
  stop(): void;
}

interface Job {
  readonly params: Parameters<CompletionWorker['run']>[0];
  readonly ended: ReturnType<CompletionWorker['run']>;
}

/** Watches what is asked of the model from now on. */
export async function watchJobs(): Promise<Jobs> {
  // Tests put themselves between the extension and its worker.
  const worker: { -readonly [name in 'run' | 'file']: CompletionWorker[name] } = (await api()).worker;
  const run = worker.run.bind(worker);
  const { file } = worker;
  const started: Job[] = [];
  const fed: string[] = [];
  worker.file = (params) => {
    fed.push(params.path);
    file(params);
  };
  worker.run = (params, ...rest) => {
    const ended = run(params, ...rest);
    started.push({ params, ended });
    return ended;
  };
  return {
    started,
    fed,
    stop() {
      worker.run = run;
      worker.file = file;
    },
  };
}

/** Waits until a request for a suggestion has ended so. */
export async function ended(name: string | RegExp): Promise<void> {
  const { lastOutcome } = await api();
  let last = '';
  await until(`a request ended as ${name}`, () => {
    last = lastOutcome();
    return typeof name === 'string' ? last === name : name.test(last);
  }).catch((error: Error) => {
    throw new Error(`${error.message}; the last one ended as ${last}`);
  });
}

/** Runs a command again and again until the text has changed, and returns what it has put in at the cursor. */
export async function acceptBy(command: string, editor: vscode.TextEditor): Promise<string> {
  const before = editor.document.getText();
  const after = await until(`${command} puts something in`, async () => {
    await vscode.commands.executeCommand(command);
    const text = editor.document.getText();
    return text !== before && text;
  });
  if (!after.startsWith(before)) throw new Error(`the suggestion changed what stood there: ${after}`);
  return after.slice(before.length);
}

/** Asks for a suggestion, accepts it and returns what it put into the document. */
export async function suggestionIn(editor: vscode.TextEditor): Promise<string> {
  const before = editor.document.getText();
  const asked = Date.now();
  await trigger();
  const after = await until('a suggestion is accepted', async () => {
    await vscode.commands.executeCommand('editor.action.inlineSuggest.commit');
    const text = editor.document.getText();
    // An editor that was busy with something else may have dropped the question.
    if (text === before && (Date.now() - asked) % 5000 < 60) await trigger();
    return text !== before && text;
  });
  if (!after.startsWith(before)) throw new Error(`the suggestion changed what stood there: ${after}`);
  return after.slice(before.length);
}

/** Process id of the extension's worker, a child of this extension host. */
export function workerProcess(): number | undefined {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,command='], { encoding: 'utf8' }).split('\n');
  for (const line of lines) {
    const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    if (Number(parent) === process.pid && command?.includes('worker.js')) return Number(pid);
  }
  return undefined;
}

export interface Notifications {
  readonly messages: readonly string[];
  restore(): void;
}

/** Keeps notifications of the extension from the screen and remembers them; nobody is there to click them away. */
export function recordNotifications(): Notifications {
  const messages: string[] = [];
  const window = vscode.window;
  const names = ['showInformationMessage', 'showWarningMessage', 'showErrorMessage'] as const;
  const originals = names.map((name) => [name, window[name]] as const);
  for (const name of names) {
    Object.defineProperty(window, name, {
      configurable: true,
      writable: true,
      value: (message: string) => {
        messages.push(message);
        return Promise.resolve(undefined);
      },
    });
  }
  return {
    messages,
    restore() {
      for (const [name, original] of originals) {
        Object.defineProperty(window, name, { configurable: true, writable: true, value: original });
      }
    },
  };
}

/** Writes a setting of the extension, or with undefined takes it back. */
export async function set(name: string, value: unknown): Promise<void> {
  await vscode.workspace
    .getConfiguration('slipstream')
    .update(name, value, vscode.ConfigurationTarget.Global);
}
