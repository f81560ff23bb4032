// This folder: from a keystroke to the item that VS Code shows: provider, requests, what is running, what was shown.

import * as vscode from 'vscode';
import type { CompletionContext } from '../../suggestion/context.ts';
import type { SuggestionItem } from '../../suggestion/item.ts';
import { wantsSingleLine } from '../../suggestion/multiline.ts';
import { syntaxOf } from '../../syntax/load.ts';
import { contextOf, fileOf } from '../openFiles/documents.ts';
import { isInOpenFile } from '../openFiles/names.ts';
import type { Settings } from '../settings/settings.ts';
import { acceptCommand } from './acceptSuggestion.ts';
import type { Completer } from './completer.ts';
import type { LastChanges } from './lastChanges.ts';
import type { ListSelection } from './listSelection.ts';
import type { Outcome } from './outcome.ts';
import { isSamePlace } from './request.ts';
import type { Rewrites } from './rewrites.ts';
import type { Rhythm } from './rhythm.ts';
import { situationOf } from './situation.ts';
import { barredBecause, type Situation, skippedBecause } from './skip.ts';
import type { SnippetWatch } from './snippetWatch.ts';

export interface ProviderParts {
  readonly completer: Completer;
  readonly lastChanges: LastChanges;
  readonly rewrites: Rewrites;
  readonly selection: ListSelection;
  readonly snippets: SnippetWatch;
  /** Whether this request was made by the extension itself, to show a longer text. */
  readonly isOwnRequest: (context: CompletionContext) => boolean;
  /** The text at the cursor as it is now; undefined when no editor is active. */
  readonly current: () => CompletionContext | undefined;
  /** The settings that hold for a file. */
  readonly settings: (uri: vscode.Uri) => Settings;
  readonly excludes: (uri: vscode.Uri) => boolean;
  readonly snoozed: () => boolean;
  readonly rhythm: Rhythm;
  readonly report: (outcome: Outcome, context: CompletionContext | undefined, millis: number) => void;
}

/** Translates between VS Code's inline completions and the completer. */
export class CompletionProvider implements vscode.InlineCompletionItemProvider {
  constructor(private readonly parts: ProviderParts) {}

  async provideInlineCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    { triggerKind, selectedCompletionInfo }: vscode.InlineCompletionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.InlineCompletionItem[]> {
    const since = performance.now();
    const byHand = triggerKind === vscode.InlineCompletionTriggerKind.Invoke;
    let forced: boolean | undefined;
    for (;;) {
      const situation = this.situationOf(document);
      const barred = barredBecause(situation);
      if (barred) return this.none({ type: 'skipped', reason: barred });
      const settings = this.parts.settings(fileOf(document.uri));
      const entry = this.parts.selection.note(document, position, selectedCompletionInfo);
      const context = contextOf(document, position, entry);
      const isFirst = forced === undefined;
      forced ??= byHand && !this.parts.isOwnRequest(context);
      const skipped = forced ? undefined : skippedBecause(situation, context, settings);
      if (skipped) return this.none({ type: 'skipped', reason: skipped }, context);
      if (!forced && isFirst) this.parts.rhythm.key(since);
      const original = this.parts.rewrites.originalAt(document, context.offset);
      const outcome = await this.ask(context, original, settings, forced, token);
      if (this.wasLeft(outcome, context, token)) continue;
      this.reportAfter(since, outcome, context);
      if (outcome.type !== 'shown' || token.isCancellationRequested) return [];
      const end = selectedCompletionInfo?.range.end ?? position;
      const file = { path: context.path, uri: document.uri };
      return [outcome, ...(outcome.others ?? [])].map(({ text, item }) => itemFor(text, item, file, end));
    }
  }

  /**
   * Whether the editor still waits although the job was ended, because other files or settings hold now say. It would not ask again
   * before the next key.
   */
  private wasLeft(outcome: Outcome, context: CompletionContext, token: vscode.CancellationToken): boolean {
    if (outcome.type !== 'cancelled' || outcome.by !== 'editor' || token.isCancellationRequested)
      return false;
    const now = this.parts.current();
    return now !== undefined && isSamePlace(now, context);
  }

  private situationOf(document: vscode.TextDocument): Situation {
    const { excludes, lastChanges, snoozed, snippets } = this.parts;
    return {
      ...situationOf(document, excludes(document.uri), lastChanges.of(document)),
      snoozed: snoozed(),
      inSnippet: snippets.isFilling(document),
    };
  }

  private async ask(
    context: CompletionContext,
    original: string | undefined,
    settings: Settings,
    forced: boolean,
    token: vscode.CancellationToken,
  ): Promise<Outcome> {
    const abort = new AbortController();
    const subscription = token.onCancellationRequested(() => {
      abort.abort();
      this.parts.completer.reconsider();
    });
    if (token.isCancellationRequested) abort.abort();
    const syntax = await syntaxOf(context.language);
    const singleLine = (at: CompletionContext) =>
      wantsSingleLine(at, settings['completion.multiline'], syntax);
    const request = {
      context,
      singleLine: singleLine(context),
      goesOn: /eager|balanced/.test(settings.eagerness) ? singleLine : undefined,
      maxTokens: settings['completion.maxTokens'],
      debounce: forced ? 0 : this.parts.rhythm.wait(settings.eagerness, settings['completion.debounce']),
      atOnce: settings.eagerness !== 'quiet',
      original,
      syntax,
      isKnown: isInOpenFile,
    };
    try {
      // Asked by hand where something is shown, other texts are wanted: the editor steps through what comes.
      const others = forced ? await this.parts.completer.others(request, abort.signal) : [];
      const outcome = await this.parts.completer.complete(request, abort.signal);
      return outcome.type === 'shown' ? { ...outcome, others } : outcome;
    } finally {
      subscription.dispose();
    }
  }

  private reportAfter(since: number, outcome: Outcome, context: CompletionContext): void {
    const millis = Math.round(performance.now() - since);
    if (outcome.type === 'shown' && outcome.source === 'new') this.parts.rhythm.answered(millis);
    this.parts.report(outcome, context, millis);
  }

  private none(outcome: Outcome, context?: CompletionContext): vscode.InlineCompletionItem[] {
    this.parts.report(outcome, context, 0);
    return [];
  }
}

function itemFor(
  text: string,
  { insertText, after }: SuggestionItem,
  { path, uri }: { readonly path: string; readonly uri: vscode.Uri },
  end: vscode.Position,
): vscode.InlineCompletionItem {
  // An edit begins with its line, whatever part of it stands there yet.
  const range = new vscode.Range(new vscode.Position(end.line, 0), end.translate(0, after));
  const item = new vscode.InlineCompletionItem(insertText, range);
  item.command = { command: acceptCommand, title: 'Accepted', arguments: [path, text, uri] };
  return item;
}
