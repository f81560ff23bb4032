import { createParser } from 'eventsource-parser';
import * as z from 'zod';
import { cutOff, ServerFailure, statusFailure, wrongPage } from './failures.ts';

/** A piece of an answer. */
export interface AnswerPiece {
  readonly text: string;
  /** Why the server ended here; undefined while it goes on. */
  readonly finish?: 'stop' | 'length' | undefined;
}

/** The longest event in characters: a piece of text has a few. */
const LONGEST_EVENT = 1_000_000;

const eventSchema = z.looseObject({
  choices: z.array(z.looseObject({ text: z.string(), finish_reason: z.string().nullish() })),
});

/**
 * The pieces of a stream of completions as they come: server-sent events, each a JSON object, `[DONE]` at the end. Who has heard
 * enough may read on to the end, so that the connection can be used again.
 * @throws ServerFailure for an answer of another kind, one that is malformed, and one that ends too early.
 */
export async function* piecesOf(host: string, response: Response): AsyncGenerator<AnswerPiece> {
  const refused = statusFailure(host, response) ?? foreignPage(host, response);
  if (refused) {
    // Nothing of it is read, and the connection is free.
    await response.body?.cancel().catch(() => undefined);
    throw refused;
  }
  const events: string[] = [];
  const parser = createParser({
    onEvent: ({ data }) => events.push(data),
    onError: ({ type }) => {
      if (type === 'max-buffer-size-exceeded') throw malformed(host);
    },
    maxBufferSize: LONGEST_EVENT,
  });
  const decoder = new TextDecoder();
  let ended = false;
  for await (const bytes of response.body ?? []) {
    parser.feed(decoder.decode(bytes, { stream: true }));
    for (const data of events.splice(0)) {
      ended ||= data === '[DONE]';
      if (ended) yield { text: '', finish: 'stop' };
      else yield* piecesOfEvent(host, data);
    }
  }
  if (!ended) throw cutOff(host);
}

function foreignPage(host: string, { headers }: Response): ServerFailure | undefined {
  return /^\s*text\/event-stream\s*(;|$)/i.test(headers.get('content-type') ?? '')
    ? undefined
    : wrongPage(host);
}

function* piecesOfEvent(host: string, data: string): Generator<AnswerPiece> {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    throw malformed(host);
  }
  if (typeof value === 'object' && value !== null && 'error' in value) {
    throw new ServerFailure('remote-error', `${host} reports a fault of its own while it answers.`, 'again');
  }
  const event = eventSchema.safeParse(value);
  if (!event.success) throw malformed(host);
  // Numbers about the request come in an event without choices.
  const [choice] = event.data.choices;
  if (!choice) return;
  const { text, finish_reason: reason } = choice;
  yield {
    text,
    finish: reason == null || reason === '' ? undefined : reason === 'length' ? 'length' : 'stop',
  };
}

function malformed(host: string): ServerFailure {
  const sentence = `${host} answers in a form that is not that of completions. Check slipstream.remote.url.`;
  return new ServerFailure('remote-malformed', sentence, 'again');
}
