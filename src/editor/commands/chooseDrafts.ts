import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { chosen } from '../usage/counts.ts';
import { say } from '../words.ts';
import { draftChoices, poolOf } from './draftChoices.ts';
import { loadedOrTell } from './loaded.ts';

/** «Choose Drafts»: which drafts may be used. */
export function registerChooseDrafts(services: Services): vscode.Disposable {
  return vscode.commands.registerCommand('slipstream.chooseDrafts', async () => {
    const setup = await loadedOrTell(services);
    if (!setup) return;
    const choices = draftChoices(
      setup.drafts,
      services.configuration.settings['drafts.pool'],
      chosen(services.usage.counts),
    );
    const picked = await vscode.window.showQuickPick(choices, {
      title: say('Drafts that may be used'),
      placeHolder: say('Changes the speed, never the text'),
      canPickMany: true,
    });
    if (!picked) return;
    if (picked.length === 0) {
      await vscode.window.showInformationMessage(
        say('Slipstream: nothing was changed. To use no draft at all, choose the policy «none».'),
      );
      return;
    }
    await services.configuration.update(
      'drafts.pool',
      poolOf(
        choices,
        picked.map((choice) => choice.id),
      ),
    );
  });
}
