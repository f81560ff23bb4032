import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { say } from '../words.ts';

/** «Set Server Key»: the key of the server that the settings name goes into the editor's secret storage, and nowhere else. */
export function registerSetServerKey({ configuration, serverKey, notices }: Services): vscode.Disposable {
  return vscode.commands.registerCommand('slipstream.setServerKey', async () => {
    const url = configuration.settings['remote.url'].trim();
    if (!URL.canParse(url)) {
      const open = say('Open Settings');
      const picked = await vscode.window.showInformationMessage(
        say(
          'Slipstream: name a server in slipstream.remote.url first. Without one, nothing leaves this computer.',
        ),
        open,
      );
      if (picked === open) await vscode.commands.executeCommand('slipstream.openSettings');
      return;
    }
    const { host } = new URL(url);
    const key = await vscode.window.showInputBox({
      title: say('Key for {0}', host),
      prompt: say('It is kept in the secret storage of the editor. Leave it empty to take the key away.'),
      password: true,
      ignoreFocusOut: true,
    });
    if (key === undefined) return;
    notices.forget('server:');
    await serverKey.keep(url, key.trim());
    vscode.window.setStatusBarMessage(
      key.trim() === ''
        ? say('Slipstream: the key for {0} is gone.', host)
        : say('Slipstream: the key for {0} is kept.', host),
      4000,
    );
  });
}
