import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { mayRun, runTask, selectionFor } from './runTask.ts';

/** «Summarize Selection». */
export function registerSummarizeSelection(services: Services): vscode.Disposable {
  return vscode.commands.registerCommand('slipstream.summarizeSelection', async () => {
    const source = await selectionFor(services, 'summarize');
    if (!source || !(await mayRun(services, 'summarize'))) return;
    const task = {
      kind: 'summarize',
      title: 'Summary',
      to: '',
      extension: '.md',
      maxTokens: 256,
    } as const;
    await runTask(services, task, source);
  });
}
