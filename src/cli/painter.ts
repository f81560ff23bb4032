import { styleText } from 'node:util';
import type { Piece } from '../engine/decoder.ts';

/** Colours of drafts, in the order in which they first appear. The target's own tokens have none. */
const COLOURS = ['green', 'cyan', 'magenta', 'yellow', 'blue'] as const;

/** Writes text as it comes; on a terminal each draft has its colour. */
export class Painter {
  private readonly colours = new Map<string, (typeof COLOURS)[number]>();

  paint(pieces: readonly Piece[]): void {
    for (const { text, draft } of pieces) process.stdout.write(this.coloured(text, draft));
  }

  /** End the line and name the colours, where colours were shown. */
  end(): void {
    process.stdout.write('\n');
    if (!process.stdout.isTTY || this.colours.size === 0) return;
    const legend = [...this.colours].map(([draft, colour]) => styleText(colour, draft)).join(' ');
    process.stderr.write(
      styleText('dim', 'drafted by ') + legend + styleText('dim', ', the rest by the target\n'),
    );
  }

  private coloured(text: string, draft: string | undefined): string {
    if (!process.stdout.isTTY || draft === undefined) return text;
    const colour = this.colours.get(draft) ?? COLOURS[this.colours.size % COLOURS.length]!;
    this.colours.set(draft, colour);
    return styleText(colour, text);
  }
}
