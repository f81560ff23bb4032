import * as vscode from 'vscode';
import { answerTo } from '../feedback.ts';
import type { Services } from '../services.ts';

/** «Bad Suggestion»: a verdict on what was shown last. */
export function registerBadSuggestion({ feedback, completer }: Services): vscode.Disposable {
  return vscode.commands.registerCommand('slipstream.badSuggestion', async () => {
    const result = await feedback.give('bad', completer.lastShown);
    vscode.window.setStatusBarMessage(answerTo(result), 4000);
  });
}
