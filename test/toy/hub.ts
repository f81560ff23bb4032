import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const COMMIT = 'c'.repeat(40);
const REPOSITORY = 'someone/model';

/** What the hub does with a request for a file before it answers it; true where nothing more is to be said. */
type Fault = (request: IncomingMessage, response: ServerResponse, content: Buffer) => boolean;

/** A hub of one repository on this machine: its tree, ranges, and files behind a redirect as the real one has large ones. */
export interface ToyHub {
  readonly endpoint: string;
  readonly files: Record<string, Buffer>;
  /** What was asked for, in order: path, range, token. */
  readonly asked: { path: string; range: string | undefined; token: string | undefined }[];
  /** Taken, one for each request of the file, until none is left. */
  readonly faults: Record<string, Fault[]>;
  close(): Promise<void>;
}

export async function openToyHub(files: Record<string, Buffer>): Promise<ToyHub> {
  const asked: ToyHub['asked'] = [];
  const faults: ToyHub['faults'] = {};
  const server = createServer((request, response) => {
    const path = new URL(request.url!, 'http://hub').pathname;
    asked.push({ path, range: request.headers.range, token: request.headers.authorization });
    const resolve = `/${REPOSITORY}/resolve/${COMMIT}/`;
    if (path === `/api/models/${REPOSITORY}/revision/main`) return json(response, { sha: COMMIT });
    if (path === `/api/models/${REPOSITORY}/tree/${COMMIT}`) return json(response, tree(files));
    if (path.startsWith(resolve)) {
      response.writeHead(302, { location: `/store/${path.slice(resolve.length)}` }).end();
      return;
    }
    const name = decodeURIComponent(path.replace('/store/', ''));
    const content = files[name];
    if (!content) return void response.writeHead(404).end();
    if (!faults[name]?.shift()?.(request, response, content)) sendFile(request, response, content);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () =>
    new Promise<void>((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return { endpoint, files, asked, faults, close };
}

/** The rest of a file behind the range that was asked for. */
export function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  content: Buffer,
  end = content.length,
): void {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const range = { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` };
  response.writeHead(request.headers.range ? 206 : 200, {
    'content-type': 'application/octet-stream',
    'content-length': content.length - from,
    ...(request.headers.range ? range : {}),
  });
  response.write(content.subarray(from, end), () => {
    if (end < content.length) response.destroy();
    else response.end();
  });
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

/** The large files with the SHA-256 of what git keeps elsewhere, the others with git's own hash. */
function tree(files: Record<string, Buffer>): unknown[] {
  return Object.entries(files).map(([path, content]) => {
    const git = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
    const entry = { type: 'file', path, size: content.length, oid: git };
    if (!path.endsWith('.onnx')) return entry;
    return {
      ...entry,
      lfs: { oid: createHash('sha256').update(content).digest('hex'), size: content.length },
    };
  });
}
