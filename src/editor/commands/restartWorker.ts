import * as vscode from 'vscode';
import type { Services } from '../services.ts';

/** «Restart Worker»: also the way out of a failure whose cause was put right. */
export function registerRestartWorker({ host, completer, notices, log }: Services): vscode.Disposable {
  return vscode.commands.registerCommand('slipstream.restartWorker', async () => {
    log.info('The worker is restarted by the user.');
    notices.forget('worker:');
    completer.reset();
    const state = await host.restart();
    if (state.kind === 'ready') vscode.window.setStatusBarMessage('Slipstream: the worker is ready.', 3000);
  });
}
