import type { DraftContext, RequestText } from '../engine/drafts/draft.ts';
import { textOf } from '../engine/drafts/text/speller.ts';
import type { Vocabulary } from '../engine/target.ts';
import { CHARS_PER_TOKEN } from '../prompts/keptWindow.ts';
import { rememberedPrompt, type ShownPrompt } from '../prompts/remembered.ts';
import type { PromptLayout } from '../runtime/modelFolder.ts';
import type { Tokenizer } from '../runtime/tokenizer.ts';

/**
 * Prompts for a draft with a tokenizer and a layout of its own: it may see the text after the cursor where the target does not.
 * As for the target, a prompt begins as the last one did where that is sensible, so that the draft's KV is kept while one types.
 * Drafts that share tokenizer, layout and budget share their prompts.
 *
 * @param target the vocabulary that the target's prompt is in: without a text around the cursor, the draft reads that.
 * @param budget most tokens of a prompt
 */
export function draftPrompts(
  tokenizer: Tokenizer,
  layout: PromptLayout,
  target: Vocabulary,
  budget: number,
): (context: DraftContext) => readonly number[] {
  let shown: ShownPrompt | undefined;
  let last: { readonly text: RequestText; readonly tokens: readonly number[] } | undefined;
  return ({ text, prompt }) => {
    if (!text) return promptOfTokens(tokenizer, target, prompt, budget);
    if (last?.text !== text) {
      const nobody = { idle: false, neighbours: () => [] };
      const made = rememberedPrompt(tokenizer, layout, text, budget, shown, nobody);
      shown = made.shown;
      last = { text, tokens: made.tokens };
    }
    return last.tokens;
  };
}

/** The end of the target's prompt as the draft reads it; names of the target's control tokens are no text. */
function promptOfTokens(
  tokenizer: Tokenizer,
  target: Vocabulary,
  prompt: readonly number[],
  budget: number,
): readonly number[] {
  const text = Buffer.from(textOf(prompt, target)).toString('utf8');
  const tokens = tokenizer.encode(text.slice(-budget * CHARS_PER_TOKEN)).slice(-budget);
  return tokens.length > 0 ? tokens : tokenizer.encode('\n');
}
