import type { Tokenizer } from '../runtime/tokenizer.ts';
import { headText } from './window.ts';

export interface TaskText {
  readonly kind: 'summarize' | 'translate';
  readonly text: string;
  readonly language: string;
  /** For translate: the language to translate to. */
  readonly to: string;
}

/** Control tokens that begin a task for models trained with them; `<|im_start|>` then begins the answer. */
const TASK_MARKS = { summarize: '<|task_summarize|>', translate: '<|task_translate|>' } as const;

/**
 * Tokens that ask the model for a task, within `budget`: through its chat template when it has one, with the
 * task's own tokens when it was trained on them, else as a document that a plain language model would go on with.
 *
 * @param trained whether the model's card names the task; a vocabulary may hold tokens that were never learnt.
 */
export function taskPrompt(tokenizer: Tokenizer, task: TaskText, budget: number, trained: boolean): number[] {
  const room = Math.max(16, budget - 64);
  let text = headText(task.text, room * 4);
  // Characters say little about tokens outside English: shorten until it fits.
  while (text.length > 1 && tokenizer.encode(text).length > room)
    text = headText(text, Math.floor(text.length * 0.8));
  if (tokenizer.chatTemplate) return chatTask(tokenizer, task, text, budget);
  const mark = tokenizer.control(TASK_MARKS[task.kind]);
  const answer = tokenizer.control('<|im_start|>');
  if (trained && mark !== undefined && answer !== undefined) {
    const about = task.kind === 'translate' ? task.to : task.language;
    return [...tokenizer.begin, mark, ...tokenizer.encode(`${about}\n${text}`), answer];
  }
  const label = task.kind === 'summarize' ? 'Summary' : `Translation to ${task.to}`;
  return [...tokenizer.begin, ...tokenizer.encode(`${text.trimEnd()}\n\n${label}:`)];
}

/** A template may say much by itself: the text is shortened until both fit. */
function chatTask(tokenizer: Tokenizer, task: TaskText, whole: string, budget: number): number[] {
  for (let text = whole; ; text = headText(text, Math.floor(text.length * 0.8))) {
    const tokens = tokenizer.chatPrompt(`${instruction(task)}\n\n${text}`);
    if (tokens.length <= budget || text.length <= 1) return tokens;
  }
}

function instruction(task: TaskText): string {
  if (task.kind === 'translate')
    return `Translate the following text to ${task.to}. Answer with the translation only.`;
  return `Summarize the following ${task.language} text in a few sentences. Answer with the summary only.`;
}
