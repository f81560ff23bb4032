import * as vscode from 'vscode';
import type { Services } from '../services.ts';

/** «Show Log». */
export function registerShowLog({ log }: Services): vscode.Disposable {
  return vscode.commands.registerCommand('slipstream.showLog', () => log.show());
}
