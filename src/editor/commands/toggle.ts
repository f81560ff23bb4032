import * as vscode from 'vscode';
import type { Services } from '../services.ts';

/** «Enable or Disable»: suggestions on or off everywhere. */
export function registerToggle({ configuration }: Services): vscode.Disposable {
  return vscode.commands.registerCommand('slipstream.toggle', () =>
    configuration.update('enable', !configuration.settings.enable),
  );
}
