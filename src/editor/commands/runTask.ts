import * as vscode from 'vscode';
import { type TaskKind, TaskRun } from '../preview/taskRun.ts';
import type { Services } from '../services.ts';
import { loadedOrTell } from './loaded.ts';
import { selectionProblem, untrainedWarning } from './taskText.ts';

export interface Task {
  readonly kind: TaskKind;
  readonly title: string;
  readonly to: string;
  readonly extension: string;
  readonly maxTokens: number;
}

/** The selection of the active editor, or undefined after the user was told what is missing. */
export async function selectionFor(
  services: Services,
  kind: TaskKind,
): Promise<{ editor: vscode.TextEditor; selected: string } | undefined> {
  const editor = vscode.window.activeTextEditor;
  const selected = editor?.document.getText(editor.selection) ?? '';
  const excluded = editor && services.readable.excludes(editor.document.uri);
  const problem = excluded
    ? 'This file is excluded (slipstream.exclude) and never sent to the model.'
    : selectionProblem(selected, kind);
  if (editor && !problem) return { editor, selected };
  await vscode.window.showInformationMessage(`Slipstream: ${problem}`);
  return undefined;
}

/** Whether to go on: the model was trained for the task, or the user wants it all the same. */
export async function mayRun(services: Services, kind: TaskKind): Promise<boolean> {
  const setup = await loadedOrTell(services);
  if (!setup) return false;
  const warning = untrainedWarning(setup, kind);
  if (!warning) return true;
  const choice = await vscode.window.showWarningMessage(
    `Slipstream: ${warning}`,
    { modal: true },
    'Run Anyway',
  );
  return choice !== undefined;
}

/** Run a task on a selection; its text streams into a preview beside the editor. */
export async function runTask(
  { previews, host, log, notices }: Services,
  task: Task,
  { editor, selected }: { editor: vscode.TextEditor; selected: string },
): Promise<void> {
  const { document, selection } = editor;
  const origin = { uri: document.uri, selected, offset: document.offsetAt(selection.start) };
  const preview = await previews.open(task, origin, (changed) => {
    const { kind, to, maxTokens } = task;
    const text = selected.replace(/\r\n?/g, '\n');
    return new TaskRun(host.worker, { kind, text, language: document.languageId, to, maxTokens }, changed);
  });
  const state = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: `Slipstream: ${task.title}` },
    () => preview.run.finished,
  );
  log.info(`${task.title}: ${state.kind}, ${preview.run.text.length} characters.`);
  if (state.kind === 'failed') notices.tell(`task:${state.message}`, state.message);
}
