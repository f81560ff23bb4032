import type * as vscode from 'vscode';
import type { SelectedEntry } from '../../suggestion/selectedEntry.ts';

/**
 * Remembers which entry of the editor's list was selected when it last asked. Until the text or the cursor changes, the
 * text to go on from is the one with that entry in it.
 */
export class ListSelection {
  private last:
    | {
        readonly document: vscode.TextDocument;
        readonly version: number;
        readonly offset: number;
        readonly entry: SelectedEntry;
      }
    | undefined;

  /** The editor has asked with this selection, or with none. */
  note(
    document: vscode.TextDocument,
    position: vscode.Position,
    selected: vscode.SelectedCompletionInfo | undefined,
  ): SelectedEntry | undefined {
    // The editor shows a suggestion beside an entry of one line alone.
    const entry =
      selected && !selected.text.includes('\n')
        ? {
            start: document.offsetAt(selected.range.start),
            end: document.offsetAt(selected.range.end),
            text: selected.text,
          }
        : undefined;
    const { version } = document;
    this.last = entry && { document, version, offset: document.offsetAt(position), entry };
    return entry;
  }

  /** The entry that is selected at a place; undefined when the list is closed, or the editor has not asked since. */
  at(document: vscode.TextDocument, position: vscode.Position): SelectedEntry | undefined {
    const last = this.last;
    if (last?.document !== document || last.version !== document.version) return undefined;
    return last.offset === document.offsetAt(position) ? last.entry : undefined;
  }
}
