import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { mayRun, runTask, selectionFor } from './runTask.ts';
import { naturalLanguages, programmingLanguages, type TargetLanguage, targetLanguage } from './taskText.ts';

/** «Translate Selection»: to a natural or a programming language. */
export function registerTranslateSelection(services: Services): vscode.Disposable {
  return vscode.commands.registerCommand('slipstream.translateSelection', async () => {
    const source = await selectionFor(services, 'translate');
    if (!source || !(await mayRun(services, 'translate'))) return;
    const target = await askForLanguage();
    if (!target) return;
    const task = {
      kind: 'translate',
      title: `Translation to ${target.label.replace(/[/\\]/g, '-')}`,
      to: target.label,
      extension: target.extension,
      maxTokens: 512,
    } as const;
    await runTask(services, task, source);
  });
}

/** A quick pick that takes a language which is not in its list, too. */
function askForLanguage(): Promise<TargetLanguage | undefined> {
  return new Promise((resolve) => {
    const pick = vscode.window.createQuickPick();
    pick.title = 'Translate to';
    pick.placeholder = 'Choose a language or type another one';
    const separator = (label: string) => ({ label, kind: vscode.QuickPickItemKind.Separator });
    const items = [
      separator('languages'),
      ...naturalLanguages.map(({ label }) => ({ label })),
      separator('programming languages'),
      ...programmingLanguages.map(({ label }) => ({ label })),
    ];
    pick.items = items;
    pick.onDidChangeValue((value) => {
      const typed = value.trim();
      const isNew = typed !== '' && !items.some((item) => item.label.toLowerCase() === typed.toLowerCase());
      pick.items = isNew ? [...items, { label: typed, alwaysShow: true }] : items;
    });
    pick.onDidAccept(() => {
      const label = pick.selectedItems[0]?.label ?? pick.value;
      resolve(label.trim() === '' ? undefined : targetLanguage(label));
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}
