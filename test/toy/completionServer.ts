import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a server does with a request in place of answering it as it should. `after`: pieces that it sends before. */
export type ServerFault =
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Record<string, string> }
  /** A page of 200, as a network that wants a sign-in shows. */
  | { readonly kind: 'page'; readonly type: string }
  /** The connection ends without an answer. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'cut'; readonly after: number }
  /** Nothing comes any more, and the connection stays. */
  | { readonly kind: 'hang'; readonly after: number }
  | { readonly kind: 'malformed'; readonly after: number; readonly event: string };

/** A request as it came, whole. */
interface ServerRequest {
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  readonly body: Record<string, unknown>;
  /** Pieces that were written. */
  sent: number;
  /** By the clock of this process: when the connection was seen to be closed before the answer's end. */
  freed: number | undefined;
  ended: boolean;
}

export interface CompletionServerOptions {
  /** The pieces of an answer to a prompt. */
  readonly answer: (body: Record<string, unknown>) => readonly string[];
  /** What happens in place of it, for the nth request of a prompt from 1. */
  readonly fault?: (body: Record<string, unknown>, attempt: number) => ServerFault | undefined;
  /** Milliseconds between two pieces. */
  readonly pause?: number;
}

/** A server of completions on this machine that keeps to the protocol, over real connections. */
export interface CompletionServer {
  readonly url: string;
  /** Every request, in order. */
  readonly requests: ServerRequest[];
  /** Answers that are being written. */
  readonly busy: number;
  /** Resolves when no answer is being written. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export async function openCompletionServer(options: CompletionServerOptions): Promise<CompletionServer> {
  const requests: ServerRequest[] = [];
  const attempts = new Map<string, number>();
  const waiting = new Set<() => void>();
  let busy = 0;
  const server = createServer(async (incoming, response) => {
    busy++;
    response.on('close', () => {
      busy--;
      if (busy === 0) for (const done of waiting) done();
    });
    const text = await textOf(incoming);
    const body = JSON.parse(text) as Record<string, unknown>;
    const request: ServerRequest = {
      ...{ headers: incoming.headers, text, body, sent: 0, freed: undefined, ended: false },
    };
    requests.push(request);
    response.on('close', () => {
      if (!request.ended) request.freed = performance.now();
    });
    const key = String(body.prompt);
    const attempt = (attempts.get(key) ?? 0) + 1;
    attempts.set(key, attempt);
    await respond(request, response, options, options.fault?.(body, attempt));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    get busy() {
      return busy;
    },
    idle: async () => {
      while (busy > 0) await new Promise<void>((done) => waiting.add(done));
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function respond(
  request: ServerRequest,
  response: ServerResponse,
  { answer, pause = 0 }: CompletionServerOptions,
  fault: ServerFault | undefined,
): Promise<void> {
  switch (fault?.kind) {
    case 'status':
      request.ended = true;
      response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
      // As servers do: what was sent comes back in the words of the refusal.
      response.end(
        JSON.stringify({ error: { message: `No: ${request.headers.authorization} ${request.text}` } }),
      );
      return;
    case 'page':
      request.ended = true;
      response.writeHead(200, { 'content-type': fault.type }).end('<html><form>Sign in</form></html>');
      return;
    case 'reset':
      response.destroy();
      return;
    default:
  }
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  response.write(': a comment that keeps the connection open\n\n');
  const pieces = answer(request.body);
  const after = fault?.after ?? pieces.length;
  for (const [i, text] of pieces.slice(0, after).entries()) {
    if (pause > 0) await new Promise((done) => setTimeout(done, pause));
    if (response.closed) return;
    const finish = !fault && i === pieces.length - 1 ? 'stop' : null;
    await written(response, eventOf({ text, finish_reason: finish, index: 0 }));
    request.sent++;
  }
  switch (fault?.kind) {
    case 'cut':
      response.destroy();
      return;
    case 'hang':
      return;
    case 'malformed':
      response.write(fault.event);
      return;
    default:
      request.ended = true;
      response.end('data: [DONE]\n\n');
  }
}

function eventOf(choice: unknown): string {
  const event = { id: 'cmpl-1', object: 'text_completion', created: 1, model: 'toy', choices: [choice] };
  return `data: ${JSON.stringify(event)}\n\n`;
}

/** Resolves when a piece has left, or cannot any more. */
function written(response: ServerResponse, text: string): Promise<void> {
  return new Promise((done) => {
    response.write(text, () => done());
  });
}
