import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { languageIsOn } from '../settings.ts';

/** «Enable or Disable for This Language». */
export function registerToggleLanguage({ configuration }: Services): vscode.Disposable {
  return vscode.commands.registerCommand('slipstream.toggleLanguage', async () => {
    const language = vscode.window.activeTextEditor?.document.languageId;
    if (language === undefined) return;
    const { languages } = configuration.settings;
    await configuration.update('languages', { ...languages, [language]: !languageIsOn(languages, language) });
  });
}
