import type * as z from 'zod';
import { UserError } from '../errors.ts';

/** A message from the other process in its checked shape. @throws UserError `bad-message` that names the field. */
export function check<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new UserError(
    'bad-message',
    `The editor and the worker do not understand each other (${issue?.path.join('.')}: ${issue?.message}). Reload the window.`,
  );
}
