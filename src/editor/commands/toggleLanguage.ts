import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { languageIsOn, turnedOver } from '../settings/settings.ts';
import { say } from '../words.ts';
import { activeFile } from './activeFile.ts';

/** «Enable or Disable for This Language». */
export function registerToggleLanguage({ configuration }: Services): vscode.Disposable {
  return vscode.commands.registerCommand('slipstream.toggleLanguage', async () => {
    const language = vscode.window.activeTextEditor?.document.languageId;
    if (language === undefined) return;
    const uri = activeFile();
    const { languages } = configuration.settingsFor(uri);
    await configuration.update('languages', turnedOver(languages, language), uri);
    const on = !languageIsOn(languages, language);
    const text = on
      ? say('Slipstream: suggestions are on for «{0}».', language)
      : say('Slipstream: suggestions are off for «{0}».', language);
    vscode.window.setStatusBarMessage(text, 4000);
  });
}
