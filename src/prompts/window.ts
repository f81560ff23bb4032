/**
 * Cutting long text to a budget so that typing only appends. If the window began at "the last N", it would
 * move with each keystroke and nothing of the KV cache could be kept; so its start moves in steps of a
 * quarter of the budget. The result is a function of the text alone.
 */
function steppedStart(length: number, budget: number): number {
  if (length <= budget) return 0;
  const step = Math.max(1, Math.floor(budget / 4));
  return Math.ceil((length - budget) / step) * step;
}

/** The end of `text`, at most `budget` UTF-16 units, from a line start where there is one. */
export function tailText(text: string, budget: number): string {
  const start = steppedStart(text.length, budget);
  return text.slice(lineStart(text, start, budget / 8));
}

/**
 * The first line start from `at` on that leaves more than `least` characters; `at` itself where there is none, or one
 * further when it would split a character of two units.
 */
export function lineStart(text: string, at: number, least = (text.length - at) / 8): number {
  if (at === 0) return 0;
  const line = text.indexOf('\n', at - 1) + 1;
  return line > 0 && line < text.length - least ? line : afterPair(text, at);
}

/** The start of `text`, at most `budget` UTF-16 units, up to a line end where there is one. */
export function headText(text: string, budget: number): string {
  if (text.length <= budget) return text;
  const line = text.lastIndexOf('\n', budget);
  return text.slice(0, line > budget / 2 ? line : beforePair(text, budget));
}

/** The end of `tokens`, at most `budget` of them. */
export function tailTokens(tokens: readonly number[], budget: number): readonly number[] {
  return tokens.slice(steppedStart(tokens.length, budget));
}

/** `at`, or one further when it would split a surrogate pair. */
function afterPair(text: string, at: number): number {
  return splitsPair(text, at) ? at + 1 : at;
}

/** `at`, or one less when it would split a surrogate pair. */
function beforePair(text: string, at: number): number {
  return splitsPair(text, at) ? at - 1 : at;
}

function splitsPair(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff;
}
