import * as vscode from 'vscode';
import { currentContext } from '../documents.ts';
import type { Exclusion } from '../exclusion.ts';
import type { Settings } from '../settings.ts';
import type { WorkerHost } from '../workerHost.ts';
import { Completer } from './completer.ts';
import type { CompletionContext } from './context.ts';
import { LastChanges } from './lastChanges.ts';
import type { Outcome } from './outcome.ts';
import { OwnRequest } from './ownRequest.ts';
import { CompletionProvider } from './provider.ts';

export interface CompletionParts {
  readonly host: WorkerHost;
  readonly settings: () => Settings;
  readonly exclusion: () => Exclusion;
  readonly report: (outcome: Outcome, context: CompletionContext | undefined, millis: number) => void;
}

/** Make the completer and offer its suggestions to the editor. */
export function registerCompletion(parts: CompletionParts): vscode.Disposable & { completer: Completer } {
  const own = new OwnRequest(Date.now);
  const completer = new Completer({
    run: (job, signal, onProgress) => parts.host.worker.run(job, signal, onProgress),
    ready: () => parts.host.ready(),
    current: currentContext,
    offerLonger: () => {
      const context = currentContext();
      if (!context) return;
      own.expect(context);
      // Asked to trigger again, the editor would keep the short text in front and put the longer one behind it,
      // and hiding the short one first would flicker. «Next» asks, and then steps to the longer text; it does
      // nothing when no suggestion is visible any more.
      void vscode.commands.executeCommand('editor.action.inlineSuggest.showNext');
    },
    now: Date.now,
  });
  const lastChanges = new LastChanges();
  const provider = new CompletionProvider({
    ...parts,
    completer,
    lastChanges,
    isOwnRequest: (context) => own.take(context),
  });
  const subscriptions = vscode.Disposable.from(
    lastChanges,
    vscode.languages.registerInlineCompletionItemProvider({ pattern: '**' }, provider),
    // The text and the cursor tell sooner than the editor's cancellation that a job has become useless.
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
      if (textEditor === vscode.window.activeTextEditor) completer.reconsider();
    }),
    vscode.window.onDidChangeActiveTextEditor(() => completer.reconsider()),
    { dispose: () => completer.reset() },
  );
  return { completer, dispose: () => subscriptions.dispose() };
}
