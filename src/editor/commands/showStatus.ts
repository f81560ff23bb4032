import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { languageIsOn } from '../settings/settings.ts';
import { describeStatus } from '../views/status.ts';
import { activeFile } from './activeFile.ts';
import { statusMenu } from './statusMenu.ts';

/** «Show Status»: the menu behind the status bar item. */
export function registerShowStatus(services: Services): vscode.Disposable {
  return vscode.commands.registerCommand('slipstream.showStatus', async () => {
    const {
      enable,
      languages,
      policy,
      model,
      'remote.url': url,
    } = services.configuration.settingsFor(activeFile());
    const language = vscode.window.activeTextEditor?.document.languageId;
    const status = services.status();
    const entries = statusMenu({
      status,
      enabled: enable,
      language,
      languageOn: language !== undefined && languageIsOn(languages, language),
      model: status.kind === 'ready' ? status.model : model,
      server: URL.canParse(url) ? new URL(url).host : undefined,
      policy: status.kind === 'ready' ? status.policy : policy,
      lastOutcome: services.lastOutcome(),
      lastMessage: services.lastMessage(),
      snoozed: services.snooze.minutesLeft,
      inWorkspace: (vscode.workspace.workspaceFolders?.length ?? 0) > 0,
      residentBytes: await services.host.worker.residentBytes(),
    });
    const picked = await vscode.window.showQuickPick(entries, { title: describeStatus(status).tooltip });
    if (picked) await vscode.commands.executeCommand(picked.command);
  });
}
