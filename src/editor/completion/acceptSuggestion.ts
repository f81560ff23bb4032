import * as vscode from 'vscode';
import * as z from 'zod';
import type { Services } from '../services.ts';

/** Runs after a suggestion was accepted; no user calls it by hand. */
export const acceptCommand = 'slipstream.acceptSuggestion';

const argumentsOf = z.object({
  path: z.string(),
  text: z.string(),
  uri: z.looseObject({ scheme: z.string(), path: z.string() }),
});

/** Tell the worker what was accepted: that text is worth copying from, but for what no other file may learn of. */
export function registerAcceptSuggestion({ host, log, readable, fate }: Services): vscode.Disposable {
  return vscode.commands.registerCommand(
    acceptCommand,
    async (path: unknown, text: unknown, uri: unknown) => {
      const accepted = argumentsOf.safeParse({ path, text, uri });
      if (!accepted.success) return;
      const { data } = accepted;
      fate.accepted(vscode.Uri.from(data.uri).toString(), data.text);
      log.info(`Accepted ${data.text.length} characters.`);
      const barred = readable.barred(vscode.Uri.from(data.uri));
      if (typeof barred === 'boolean' ? barred : await barred) return;
      host.worker.accepted({ path: data.path, text: data.text });
    },
  );
}
