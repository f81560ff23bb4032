import type { CompletionContext } from '../../suggestion/context.ts';

/** How long the editor may take to ask after it was told to. */
const patience = 1_000;

/**
 * Tells a request that the extension made itself, to show a longer text, from one that the user made by hand:
 * both reach the provider in the same way.
 */
export class OwnRequest {
  private expected: { uri: string; version: number; offset: number; until: number } | undefined;

  constructor(private readonly now: () => number) {}

  /** A request for this place is on its way. */
  expect({ uri, version, offset }: CompletionContext): void {
    this.expected = { uri, version, offset, until: this.now() + patience };
  }

  /** Whether this is the expected request; it counts once. */
  take(context: CompletionContext): boolean {
    const expected = this.expected;
    this.expected = undefined;
    return (
      expected !== undefined &&
      this.now() <= expected.until &&
      expected.uri === context.uri &&
      expected.version === context.version &&
      expected.offset === context.offset
    );
  }
}
