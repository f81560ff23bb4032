import * as vscode from 'vscode';
import { addedModels } from '../../models/names.ts';
import type { Services } from '../services.ts';
import { say } from '../words.ts';

/** «Choose Model»: one of the bundled ones, one of the store, or a folder. */
export function registerChooseModel({ configuration }: Services): vscode.Disposable {
  return vscode.commands.registerCommand('slipstream.chooseModel', async () => {
    const { model } = configuration.settings;
    const added = await addedModels();
    const item = (id: string, detail: string) => ({
      id,
      label: id,
      description: id === model ? say('in use') : '',
      detail,
    });
    const items = [
      item(
        'auto',
        say('The larger bundled model where this computer answers in time with it, else the small one.'),
      ),
      item('base', say('The larger bundled model: better text, more time and memory.')),
      item('tiny', say('The small bundled model: quick, and it sees the text behind the cursor.')),
      ...added.map((name) => item(name, say('A model that you added.'))),
      ...(['auto', 'base', 'tiny', ...added].includes(model)
        ? []
        : [item(model, /[\\/]/.test(model) ? say('A folder of yours.') : say('A model that you added.'))]),
      {
        id: '',
        label: say('A folder…'),
        description: '',
        detail: say('A model as on the Hugging Face hub.'),
      },
    ];
    const picked = await vscode.window.showQuickPick(items, { title: say('The model that writes') });
    if (!picked) return;
    const chosen = picked.id || (await askForFolder());
    if (chosen) await configuration.update('model', chosen);
  });
}

async function askForFolder(): Promise<string | undefined> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      openLabel: say('Use This Model'),
    })) ?? [];
  return folder?.fsPath;
}
