import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { policyChoices } from './draftChoices.ts';
import { draftsOrTell } from './loaded.ts';

/** «Choose Policy»: who chooses the draft. */
export function registerChoosePolicy(services: Services): vscode.Disposable {
  return vscode.commands.registerCommand('slipstream.choosePolicy', async () => {
    const drafts = await draftsOrTell(services);
    if (!drafts) return;
    const { policy, 'drafts.pool': pool } = services.configuration.settings;
    const choices = policyChoices(
      drafts.filter((draft) => pool.length === 0 || pool.includes(draft.id)),
      policy,
    );
    const picked = await vscode.window.showQuickPick(
      choices.map(({ id, label, description, detail }) => ({ id, label, description, detail })),
      { title: 'How the draft is chosen', placeHolder: 'The text stays the same; only the speed changes' },
    );
    if (picked) await services.configuration.update('policy', picked.id);
  });
}
