/**
 * A failure that a user can understand and act on. The message is one sentence (or two) that says what is
 * wrong and what to do; `reason` is the stable name that code and tests look at.
 */
export class UserError extends Error {
  override readonly name = 'UserError';

  constructor(
    readonly reason: string,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** The text of anything that was thrown, without a stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
