import * as vscode from 'vscode';
import { acceptCommand } from '../commands/acceptSuggestion.ts';
import { contextOf } from '../documents.ts';
import type { Exclusion } from '../exclusion.ts';
import type { Settings } from '../settings.ts';
import type { Completer } from './completer.ts';
import type { CompletionContext } from './context.ts';
import { itemOf } from './item.ts';
import type { LastChanges } from './lastChanges.ts';
import { wantsSingleLine } from './multiline.ts';
import type { Outcome } from './outcome.ts';
import type { Rewrites } from './rewrites.ts';
import { situationOf } from './situation.ts';
import { barredBecause, skippedBecause } from './skip.ts';

export interface ProviderParts {
  readonly completer: Completer;
  readonly lastChanges: LastChanges;
  readonly rewrites: Rewrites;
  /** Whether this request was made by the extension itself, to show a longer text. */
  readonly isOwnRequest: (context: CompletionContext) => boolean;
  readonly settings: () => Settings;
  readonly exclusion: () => Exclusion;
  readonly report: (outcome: Outcome, context: CompletionContext | undefined, millis: number) => void;
}

/** Translates between VS Code's inline completions and the completer. */
export class CompletionProvider implements vscode.InlineCompletionItemProvider {
  constructor(private readonly parts: ProviderParts) {}

  async provideInlineCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    { triggerKind }: vscode.InlineCompletionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.InlineCompletionItem[]> {
    const since = Date.now();
    const { exclusion, lastChanges, rewrites } = this.parts;
    const situation = situationOf(document, exclusion(), lastChanges.of(document));
    const barred = barredBecause(situation);
    if (barred) return this.none({ type: 'skipped', reason: barred });
    const settings = this.parts.settings();
    const context = contextOf(document, position);
    const forced =
      triggerKind === vscode.InlineCompletionTriggerKind.Invoke && !this.parts.isOwnRequest(context);
    const skipped = forced ? undefined : skippedBecause(situation, context, settings);
    if (skipped) return this.none({ type: 'skipped', reason: skipped }, context);
    const original = rewrites.originalAt(document, context.offset);
    const outcome = await this.ask(context, original, settings, forced, token);
    this.parts.report(outcome, context, Date.now() - since);
    if (outcome.type !== 'shown' || token.isCancellationRequested) return [];
    return [itemFor(outcome.text, context, position)];
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
    const request = {
      context,
      singleLine: wantsSingleLine(context, settings['completion.multiline']),
      maxTokens: settings['completion.maxTokens'],
      debounce: forced ? 0 : settings['completion.debounce'],
      original,
    };
    try {
      return await this.parts.completer.complete(request, abort.signal);
    } finally {
      subscription.dispose();
    }
  }

  private none(outcome: Outcome, context?: CompletionContext): vscode.InlineCompletionItem[] {
    this.parts.report(outcome, context, 0);
    return [];
  }
}

function itemFor(
  text: string,
  context: CompletionContext,
  position: vscode.Position,
): vscode.InlineCompletionItem {
  const { insertText, before, after } = itemOf(text, context);
  const range = new vscode.Range(position.translate(0, -before), position.translate(0, after));
  const item = new vscode.InlineCompletionItem(insertText, range);
  item.command = { command: acceptCommand, title: 'Accepted', arguments: [context.path, text] };
  return item;
}
