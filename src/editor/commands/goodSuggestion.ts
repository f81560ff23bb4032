import * as vscode from 'vscode';
import { answerTo } from '../feedback.ts';
import type { Services } from '../services.ts';

/** «Good Suggestion»: a verdict on what was shown last. */
export function registerGoodSuggestion({ feedback, completer }: Services): vscode.Disposable {
  return vscode.commands.registerCommand('slipstream.goodSuggestion', async () => {
    const result = await feedback.give('good', completer.lastShown);
    vscode.window.setStatusBarMessage(answerTo(result), 4000);
  });
}
