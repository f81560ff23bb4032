import * as vscode from 'vscode';
import * as z from 'zod';
import type { Services } from '../services.ts';

/** Runs after a suggestion was accepted; no user calls it by hand. */
export const acceptCommand = 'slipstream.acceptSuggestion';

/** Tell the worker what was accepted: that text is worth copying from. */
export function registerAcceptSuggestion({ host, log }: Services): vscode.Disposable {
  return vscode.commands.registerCommand(acceptCommand, (path: unknown, text: unknown) => {
    const accepted = z.object({ path: z.string(), text: z.string() }).safeParse({ path, text });
    if (!accepted.success) return;
    host.worker.accepted(accepted.data);
    log.info(`Accepted ${accepted.data.text.length} characters.`);
  });
}
