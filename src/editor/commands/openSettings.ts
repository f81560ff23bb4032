import * as vscode from 'vscode';

/** «Open Settings». */
export function registerOpenSettings(): vscode.Disposable {
  return vscode.commands.registerCommand('slipstream.openSettings', () =>
    vscode.commands.executeCommand('workbench.action.openSettings', '@ext:slipstream.slipstream'),
  );
}
