import * as vscode from 'vscode';
import { contextOf, currentContext } from '../documents.ts';
import type { Exclusion } from '../exclusion.ts';
import type { Settings } from '../settings.ts';
import type { WorkerHost } from '../workerHost.ts';
import { Completer } from './completer.ts';
import type { CompletionContext } from './context.ts';
import { LastChanges } from './lastChanges.ts';
import type { Outcome } from './outcome.ts';
import { OwnRequest } from './ownRequest.ts';
import { CompletionProvider } from './provider.ts';
import { Rewrites } from './rewrites.ts';
import { situationOf } from './situation.ts';
import { barredBecause, skippedBecause } from './skip.ts';
import { Warmer } from './warmer.ts';

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
  const rewrites = new Rewrites();
  const warmer = warmerOf(parts);
  const provider = new CompletionProvider({
    ...parts,
    completer,
    lastChanges,
    rewrites,
    isOwnRequest: (context) => own.take(context),
  });
  const subscriptions = vscode.Disposable.from(
    lastChanges,
    rewrites,
    warmer,
    vscode.languages.registerInlineCompletionItemProvider({ pattern: '**' }, provider),
    // The text and the cursor tell sooner than the editor's cancellation that a job has become useless.
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
      if (textEditor !== vscode.window.activeTextEditor) return;
      completer.reconsider();
      warmer.touch();
    }),
    vscode.window.onDidChangeActiveTextEditor(() => {
      completer.reconsider();
      warmer.touch();
    }),
    parts.host.worker.onDidChangeState(({ kind }) => {
      if (kind === 'ready') warmer.reset();
    }),
    { dispose: () => completer.reset() },
  );
  return { completer, dispose: () => subscriptions.dispose() };
}

/** Reads in advance where typing would bring a suggestion. */
function warmerOf({ host, settings, exclusion }: CompletionParts): Warmer {
  return new Warmer({
    place: () => {
      const editor = vscode.window.activeTextEditor;
      if (!editor) return undefined;
      const situation = situationOf(editor.document, exclusion(), undefined);
      if (barredBecause(situation)) return undefined;
      const context = contextOf(editor.document, editor.selection.active);
      return skippedBecause(situation, context, settings()) ? undefined : context;
    },
    warm: ({ path, prefix, suffix }) =>
      host.worker.warm({ path, prefix, suffix, maxTokens: settings()['completion.maxTokens'] }),
  });
}
