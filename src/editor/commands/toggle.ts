import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { say } from '../words.ts';
import { activeFile } from './activeFile.ts';

/** «Enable or Disable»: suggestions on or off everywhere, or in the folder of the file at hand where that has a setting of its own. */
export function registerToggle({ configuration }: Services): vscode.Disposable {
  return vscode.commands.registerCommand('slipstream.toggle', async () => {
    const uri = activeFile();
    const on = !configuration.settingsFor(uri).enable;
    await configuration.update('enable', on, uri);
    vscode.window.setStatusBarMessage(
      on ? say('Slipstream: suggestions are on.') : say('Slipstream: suggestions are off.'),
      4000,
    );
  });
}

/** «Enable or Disable in This Workspace»: written into the workspace's own settings. */
export function registerToggleWorkspace({ configuration }: Services): vscode.Disposable {
  return vscode.commands.registerCommand('slipstream.toggleWorkspace', async () => {
    if (!vscode.workspace.workspaceFolders?.length) {
      vscode.window.setStatusBarMessage(say('Slipstream: no folder is open.'), 4000);
      return;
    }
    const on = !configuration.settings.enable;
    await configuration.updateWorkspace('enable', on);
    vscode.window.setStatusBarMessage(
      on
        ? say('Slipstream: suggestions are on in this workspace.')
        : say('Slipstream: suggestions are off in this workspace.'),
      4000,
    );
  });
}
