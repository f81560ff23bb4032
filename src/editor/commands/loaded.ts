import * as vscode from 'vscode';
import type { DraftInfo, SetupResult } from '../../worker/protocol.ts';
import type { Services } from '../services.ts';

/** What the worker has loaded, waiting for it if need be; tells the user and gives undefined when it cannot. */
export async function loadedOrTell({ host, log }: Services): Promise<SetupResult | undefined> {
  const trouble = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: 'Slipstream is loading its model' },
    () => host.ready(),
  );
  const { state } = host.worker;
  if (!trouble && state.kind === 'ready') return state.setup;
  await tellTrouble(trouble?.message ?? 'The worker is not ready.', log);
  return undefined;
}

/** Every draft of the model; tells the user and gives undefined when they are not known. */
export async function draftsOrTell({ host, log }: Services): Promise<readonly DraftInfo[] | undefined> {
  const drafts = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: 'Slipstream is looking for drafts' },
    () => host.allDrafts(),
  );
  if (!drafts) {
    const { state } = host.worker;
    await tellTrouble(state.kind === 'failed' ? state.message : 'The worker is not ready.', log);
  }
  return drafts;
}

async function tellTrouble(message: string, log: Services['log']): Promise<void> {
  const choice = await vscode.window.showErrorMessage(`Slipstream: ${message}`, 'Show Log');
  if (choice) log.show();
}
