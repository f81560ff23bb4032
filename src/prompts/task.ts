import type { Tokenizer } from '../runtime/tokenizer.ts';
import { headText } from './window.ts';

export interface TaskText {
  readonly kind: 'summarize' | 'translate';
  readonly text: string;
  readonly language: string;
  /** For translate: the language to translate to. */
  readonly to: string;
}

/**
 * Tokens that ask the model for a task, within `budget`: through its chat template when it has one, else as
 * a document that a plain language model would go on with.
 */
export function taskPrompt(tokenizer: Tokenizer, task: TaskText, budget: number): number[] {
  const room = Math.max(16, budget - 64);
  let text = headText(task.text, room * 4);
  // Characters say little about tokens outside English: shorten until it fits.
  while (text.length > 1 && tokenizer.encode(text).length > room)
    text = headText(text, Math.floor(text.length * 0.8));
  if (tokenizer.chatTemplate) return tokenizer.chatPrompt(`${instruction(task)}\n\n${text}`);
  const label = task.kind === 'summarize' ? 'Summary' : `Translation to ${task.to}`;
  return tokenizer.encode(`${text.trimEnd()}\n\n${label}:`);
}

function instruction(task: TaskText): string {
  if (task.kind === 'translate')
    return `Translate the following text to ${task.to}. Answer with the translation only.`;
  return `Summarize the following ${task.language} text in a few sentences. Answer with the summary only.`;
}
