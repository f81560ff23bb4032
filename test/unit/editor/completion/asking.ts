import '../../../fakes/vscode/install.ts';
import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import type { FakeDocument } from '../../../fakes/vscode/document.ts';
import { editor } from '../../../fakes/vscode/install.ts';
import { EventEmitter, Range } from '../../../fakes/vscode/values.ts';
import { activated, showDrawn } from '../activated.ts';

export const AUTOMATIC = 1;
export const INVOKE = 0;

let running: ReturnType<typeof activated> | undefined;

/** The whole editor side with a drawn document shown, until `endAsking`. */
export function start(drawing: string, path?: string, language?: string) {
  running = activated();
  return { ...running, ...showDrawn(drawing, path, language) };
}

export function endAsking(): void {
  running?.end();
}

/** Ask as the editor does. */
export function ask(
  document: FakeDocument,
  triggerKind = AUTOMATIC,
  entry?: { from: number; to: number; text: string },
) {
  const { provider, selector } = editor.providers.at(-1)!;
  assert.deepEqual(selector, { pattern: '**' });
  const cancelled = new EventEmitter<void>();
  const token = { isCancellationRequested: false, onCancellationRequested: cancelled.event };
  const items = (provider as vscode.InlineCompletionItemProvider).provideInlineCompletionItems(
    document as unknown as vscode.TextDocument,
    editor.active!.selection.active as unknown as vscode.Position,
    {
      triggerKind,
      selectedCompletionInfo: entry && {
        range: new Range(document.positionAt(entry.from), document.positionAt(entry.to)),
        text: entry.text,
      },
    } as unknown as vscode.InlineCompletionContext,
    token as unknown as vscode.CancellationToken,
  ) as Promise<vscode.InlineCompletionItem[]>;
  const cancel = () => {
    token.isCancellationRequested = true;
    cancelled.fire();
  };
  return { items, cancel };
}

/** The document with an item in it. */
export function afterTaking(
  document: FakeDocument,
  { insertText, range }: vscode.InlineCompletionItem,
): string {
  const { start, end } = range!;
  const [from, to] = [document.offsetAt(start as never), document.offsetAt(end as never)];
  return document.getText().slice(0, from) + insertText + document.getText().slice(to);
}

/** Wait until something is so. */
export async function until(is: () => boolean): Promise<void> {
  for (let i = 0; i < 2000 && !is(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(is());
}
