import * as vscode from 'vscode';
import { fateOf, isKept, type Offered } from './fate.ts';
import type { Usage } from './usage.ts';

/** Seconds after which accepted text is looked for. */
const LOOKS = [30, 300];

/** Follows what becomes of suggestions. */
export class FateWatch implements vscode.Disposable {
  private shown: Offered | undefined;
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly subscription: vscode.Disposable;

  /** @param judged told whether accepted text was still there at the first look */
  constructor(
    private readonly usage: Usage,
    private readonly judged: (language: string, kept: boolean) => void,
  ) {
    this.subscription = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      const [change] = contentChanges;
      if (!this.shown || !change || contentChanges.length > 1) return;
      const { rangeOffset, rangeLength, text } = change;
      const uri = document.uri.toString();
      const fate = fateOf(this.shown, { uri, offset: rangeOffset, removed: rangeLength, inserted: text });
      if (fate === 'typed' || fate === 'unrelated') return;
      this.shown = undefined;
      this.usage.ended(fate);
    });
  }

  offered(shown: Offered): void {
    this.shown = shown;
  }

  /** A suggestion was taken whole; look for it later on. */
  accepted(uri: string, text: string): void {
    this.shown = undefined;
    this.usage.accepted(text.length);
    if (text.trim() === '') return;
    for (const seconds of LOOKS) {
      const timer = setTimeout(() => {
        this.timers.delete(timer);
        const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri);
        if (!document) return;
        const kept = isKept(document.getText(), text);
        this.usage.kept(seconds, kept);
        if (seconds === LOOKS[0]) this.judged(document.languageId, kept);
      }, seconds * 1_000);
      timer.unref();
      this.timers.add(timer);
    }
  }

  dispose(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.subscription.dispose();
  }
}
