import * as vscode from 'vscode';
import type { Services } from '../services.ts';

/** The button of a notice: back to what is bundled. */
export function registerUseBundledModel({ configuration }: Services): vscode.Disposable {
  return vscode.commands.registerCommand('slipstream.useBundledModel', () =>
    configuration.update('model', undefined),
  );
}
