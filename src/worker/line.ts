import type { CancellationToken, MessageConnection } from 'vscode-jsonrpc';
import type * as z from 'zod';
import { check } from './check.ts';

/** Messages over the line between editor and worker: by name, and checked by the tables of the protocol where they arrive. */

/** Schemas of messages without an answer. */
type Table = Readonly<Record<string, z.ZodType>>;
/** Schemas of requests and their answers. */
type Requests = Readonly<Record<string, { readonly params: z.ZodType; readonly answer: z.ZodType }>>;

/** What is done with each message of a table. */
type Hearing<T extends Table> = { readonly [K in keyof T]: (params: z.output<T[K]>) => unknown };
/**
 * How each request of a table is answered. What it asks is read, and so checked, by the answer itself, which knows how a
 * request that is not as the table says is refused.
 */
type Answering<T extends Requests> = {
  readonly [K in keyof T]: (
    read: () => z.output<T[K]['params']>,
    token: CancellationToken,
  ) => z.input<T[K]['answer']> | Promise<z.input<T[K]['answer']>>;
};

const methodOf = (name: string) => `slipstream/${name}`;

/** Send a message of a table. Resolves when it is sent; that a line is broken is told by its own end. */
export async function tell<T extends Table, K extends keyof T & string>(
  connection: MessageConnection,
  _table: T,
  name: K,
  params: z.input<T[K]>,
): Promise<void> {
  try {
    await connection.sendNotification(methodOf(name), params);
  } catch {
    // The process has ended.
  }
}

/** Hear every message of a table. @param bad told of a message that is not as the table says. */
export function hear<T extends Table>(
  connection: MessageConnection,
  table: T,
  hearing: Hearing<T>,
  bad: (error: unknown) => void,
): void {
  for (const [name, schema] of Object.entries(table)) {
    connection.onNotification(methodOf(name), async (raw: unknown) => {
      try {
        await hearing[name]!(check(schema, raw) as z.output<T[string]>);
      } catch (error) {
        bad(error);
      }
    });
  }
}

/** Ask, and check the answer. @throws ResponseError of the worker, or an error when the line or the answer is broken. */
export async function ask<T extends Requests, K extends keyof T & string>(
  connection: MessageConnection,
  table: T,
  name: K,
  params: z.input<T[K]['params']>,
  token?: CancellationToken,
): Promise<z.output<T[K]['answer']>> {
  const given = params === undefined ? [] : [params];
  const answer: unknown = await connection.sendRequest(methodOf(name), ...given, ...(token ? [token] : []));
  return table[name]!.answer.parse(answer) as z.output<T[K]['answer']>;
}

/** Answer every request of a table. */
export function answer<T extends Requests>(
  connection: MessageConnection,
  table: T,
  answering: Answering<T>,
): void {
  for (const [name, { params }] of Object.entries(table)) {
    connection.onRequest(methodOf(name), (...given: unknown[]) => {
      // A request without parameters comes with its token alone.
      const token = given.at(-1) as CancellationToken;
      const raw = given.length > 1 ? given[0] : undefined;
      return answering[name]!(() => check(params, raw) as z.output<T[string]['params']>, token);
    });
  }
}
