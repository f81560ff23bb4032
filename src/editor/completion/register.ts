import * as vscode from 'vscode';
import type { CompletionContext } from '../../suggestion/context.ts';
import { readAhead } from '../../syntax/readAhead.ts';
import type { JobResult } from '../../worker/protocol.ts';
import type { WorkerHost } from '../host/workerHost.ts';
import { contextOf, currentContext, fileOf } from '../openFiles/documents.ts';
import type { Settings } from '../settings/settings.ts';
import { Completer } from './completer.ts';
import type { Generation } from './generation.ts';
import { LastChanges } from './lastChanges.ts';
import { ListSelection } from './listSelection.ts';
import type { Outcome } from './outcome.ts';
import { OwnRequest } from './ownRequest.ts';
import { CompletionProvider } from './provider.ts';
import { Rewrites } from './rewrites.ts';
import { Rhythm } from './rhythm.ts';
import { situationOf } from './situation.ts';
import { barredBecause, skippedBecause } from './skip.ts';
import { SnippetWatch } from './snippetWatch.ts';
import { Warmer } from './warmer.ts';

export interface CompletionParts {
  readonly host: WorkerHost;
  /** The settings that hold for a file. */
  readonly settings: (uri: vscode.Uri) => Settings;
  readonly excludes: (uri: vscode.Uri) => boolean;
  readonly snoozed: () => boolean;
  readonly jobEnded: (generation: Generation, result: JobResult) => void;
  readonly report: (outcome: Outcome, context: CompletionContext | undefined, millis: number) => void;
}

/** Milliseconds by a clock that nobody sets. */
const now = () => performance.now();

/** Make the completer and offer its suggestions to the editor. */
export function registerCompletion(parts: CompletionParts): vscode.Disposable & { completer: Completer } {
  const own = new OwnRequest(now);
  const selection = new ListSelection();
  const current = () => currentContext((document, position) => selection.at(document, position));
  const completer = new Completer({
    run: (job, signal, onProgress) => parts.host.worker.run(job, signal, onProgress),
    ready: () => parts.host.ready(),
    current,
    offerLonger: () => {
      const context = current();
      if (!context) return;
      own.expect(context);
      // Asked to trigger again, the editor would keep the short text in front and put the longer one behind it,
      // and hiding the short one first would flicker. «Next» asks, and then steps to the longer text; it does
      // nothing when no suggestion is visible any more.
      void vscode.commands.executeCommand('editor.action.inlineSuggest.showNext');
    },
    now,
    jobEnded: parts.jobEnded,
  });
  const lastChanges = new LastChanges();
  const rewrites = new Rewrites();
  const snippets = new SnippetWatch();
  const warmer = warmerOf(parts);
  const provider = new CompletionProvider({
    ...parts,
    completer,
    lastChanges,
    rewrites,
    snippets,
    selection,
    rhythm: new Rhythm(),
    isOwnRequest: (context) => own.take(context),
    current,
  });
  const subscriptions = vscode.Disposable.from(
    lastChanges,
    rewrites,
    snippets,
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
function warmerOf({ host, settings, excludes }: CompletionParts): Warmer {
  return new Warmer({
    place: () => {
      const editor = vscode.window.activeTextEditor;
      if (!editor) return undefined;
      const situation = situationOf(editor.document, excludes(editor.document.uri), undefined);
      if (barredBecause(situation)) return undefined;
      const context = contextOf(editor.document, editor.selection.active);
      return skippedBecause(situation, context, settings(fileOf(editor.document.uri))) ? undefined : context;
    },
    warm: ({ path, language, prefix, suffix }) => {
      void readAhead(language, prefix);
      const document = vscode.window.activeTextEditor?.document;
      if (!document) return;
      const { 'completion.maxTokens': maxTokens } = settings(fileOf(document.uri));
      host.worker.warm({ path, language, prefix, suffix, maxTokens });
    },
  });
}
