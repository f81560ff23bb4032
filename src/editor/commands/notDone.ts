import * as vscode from 'vscode';
import type { NotDone } from '../models/program.ts';
import { say } from '../words.ts';

/**
 * Tells that work of the command line was stopped or failed.
 * @param work what it was, for the log. @param sentence what the user is told, given the reason in words
 */
export async function tellNotDone(
  outcome: NotDone,
  log: vscode.LogOutputChannel,
  work: string,
  sentence: (message: string) => string,
): Promise<void> {
  if (outcome.type === 'stopped') {
    vscode.window.setStatusBarMessage(say('Slipstream: stopped. What has come so far is kept.'), 4000);
    return;
  }
  log.warn(`${work} failed (${outcome.reason}): ${outcome.message}`);
  const show = say('Show Log');
  const text = `Slipstream: ${sentence(outcome.message)}`;
  if ((await vscode.window.showErrorMessage(text, show)) === show) log.show();
}
