import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { languageIsOn } from '../settings.ts';
import { describeStatus } from '../views/status.ts';
import { statusMenu } from './statusMenu.ts';

/** «Show Status»: the menu behind the status bar item. */
export function registerShowStatus(services: Services): vscode.Disposable {
  return vscode.commands.registerCommand('slipstream.showStatus', async () => {
    const { enable, languages, policy } = services.configuration.settings;
    const language = vscode.window.activeTextEditor?.document.languageId;
    const status = services.status();
    const entries = statusMenu({
      status,
      enabled: enable,
      language,
      languageOn: language !== undefined && languageIsOn(languages, language),
      policy,
      lastOutcome: services.lastOutcome(),
      memory: await services.host.worker.memory(),
    });
    const picked = await vscode.window.showQuickPick(entries, { title: describeStatus(status).tooltip });
    if (picked) await vscode.commands.executeCommand(picked.command);
  });
}
