import { UserError } from '../errors.ts';
import type { BenchPrompt } from './prompts.ts';

/**
 * The prompts of a class, kind or language, all without `only`; of these every `every`-th, the first included.
 * @throws UserError `prompts-none` where nothing is of that name.
 */
export function choosePrompts(
  prompts: readonly BenchPrompt[],
  only: string | undefined,
  every: number,
): readonly BenchPrompt[] {
  const kept =
    only === undefined
      ? prompts
      : prompts.filter((prompt) => [prompt.class, prompt.kind, prompt.language].includes(only));
  if (kept.length > 0) return kept.filter((_, at) => at % every === 0);
  const known = [...new Set(prompts.flatMap((prompt) => [prompt.class ?? prompt.language, prompt.language]))];
  throw new UserError(
    'prompts-none',
    `No prompt is of the class, kind or language «${only}». There are: ${known.join(', ')}.`,
  );
}
