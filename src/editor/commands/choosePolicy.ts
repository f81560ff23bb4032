import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { policyChoices } from './draftChoices.ts';
import { loadedOrTell } from './loaded.ts';

/** «Choose Policy»: who chooses the draft. */
export function registerChoosePolicy(services: Services): vscode.Disposable {
  return vscode.commands.registerCommand('slipstream.choosePolicy', async () => {
    const setup = await loadedOrTell(services);
    if (!setup) return;
    const { policy } = services.configuration.settings;
    const choices = policyChoices(
      setup.drafts.filter(({ loaded }) => loaded),
      policy,
    );
    const picked = await vscode.window.showQuickPick(
      choices.map(({ id, label, description, detail }) => ({ id, label, description, detail })),
      { title: 'How the draft is chosen', placeHolder: 'The text stays the same; only the speed changes' },
    );
    if (picked) await services.configuration.update('policy', picked.id);
  });
}
