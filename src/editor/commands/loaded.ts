import * as vscode from 'vscode';
import type { SetupResult } from '../../worker/protocol.ts';
import type { Services } from '../services.ts';

/** What the worker has loaded, waiting for it if need be; tells the user and gives undefined when it cannot. */
export async function loadedOrTell({ host, log }: Services): Promise<SetupResult | undefined> {
  const trouble = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: 'Slipstream is loading its model' },
    () => host.ready(),
  );
  const { state } = host.worker;
  if (!trouble && state.kind === 'ready') return state.setup;
  const message = trouble?.message ?? 'The worker is not ready.';
  const choice = await vscode.window.showErrorMessage(`Slipstream: ${message}`, 'Show Log');
  if (choice) log.show();
  return undefined;
}
