import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { networkVariables } from '../../src/editor/settings/network.ts';
import { createWorkerClient } from '../../src/worker/client.ts';
import type { JobResult, SetupParams } from '../../src/worker/protocol.ts';
import type { CompletionWorker, WorkerState } from '../../src/worker/worker.ts';
import { build } from '../fakes/commandLine.ts';
import { root } from '../toy/bundled.ts';
import { selfSigned } from '../toy/certificate.ts';
import { type CompletionServer, openCompletionServer } from '../toy/completionServer.ts';

/** A server behind a proxy and with a certificate of its own, reached by the worker as the editor's settings say. */

const HOST = 'team.example';

let folder: string;
let server: CompletionServer;
let secure: Server;
let proxy: Server;
let worker: CompletionWorker;
/** Places that the proxy was asked for. */
const through: string[] = [];

before(async () => {
  build();
  folder = mkdtempSync(path.join(tmpdir(), 'slipstream-network-'));
  server = await openCompletionServer({ answer: () => ['from', ' afar', ';'] });
  const { port } = new URL(server.url);
  const own = selfSigned(HOST);
  writeFileSync(path.join(folder, 'authority.pem'), own.cert);
  const joined = (client: Socket, to: number, before = '') => {
    const other = connect(to, '127.0.0.1', () => {
      client.write(before);
      other.pipe(client).pipe(other);
    });
    for (const end of [client, other]) end.on('error', () => [client, other].map((each) => each.destroy()));
  };
  secure = await listening(createTlsServer(own, (client) => joined(client, Number(port))));
  proxy = await listening(
    createServer().on('connect', (request, client: Socket) => {
      through.push(request.url!);
      const to = request.url!.endsWith(':443') ? portOf(secure) : Number(port);
      joined(client, to, 'HTTP/1.1 200 Connection established\r\n\r\n');
    }),
  );
  worker = createWorkerClient({ modulePath: path.join(root, 'dist/worker.js'), log: () => undefined });
});
after(async () => {
  worker.dispose();
  for (const each of [secure, proxy]) each.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

async function listening(listener: Server): Promise<Server> {
  await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
  return listener;
}

const portOf = (listener: Server) => (listener.address() as AddressInfo).port;
const proxied = () => networkVariables({ proxy: `http://127.0.0.1:${portOf(proxy)}` });

/** What comes of a completion where the server of this address is named. */
async function completed(
  url: string,
  network: SetupParams['network'],
): Promise<{ readonly result: JobResult; readonly state: WorkerState }> {
  through.length = 0;
  const remote = { url, model: 'toy', key: '', fim: 'prefix', context: 8192, timeout: 20_000 };
  await worker.setup({ model: 'tiny', pool: [], policy: 'rule', threads: 1, remote, network });
  const text = { path: 'a.ts', language: 'typescript', prefix: 'const a = ', suffix: '' };
  const result = await worker.run(
    { kind: 'complete', ...text, singleLine: false, maxTokens: 6 },
    new AbortController().signal,
    () => undefined,
  );
  return { result, state: worker.state };
}

describe('a server in a network with rules', () => {
  test('is asked through the proxy, and trusted by the certificate of its own authority', async () => {
    const authority = { NODE_EXTRA_CA_CERTS: path.join(folder, 'authority.pem') };
    const { result } = await completed(`https://${HOST}`, { ...proxied(), ...authority });
    assert.ok(result.type === 'done' && result.server === HOST, JSON.stringify(result));
    assert.equal(result.text, 'from afar;');
    assert.deepEqual(through, [`${HOST}:443`]);
  });

  test('is not asked where its certificate is not trusted: the model here writes, and it is told why', async () => {
    const asked = server.requests.length;
    const { result, state } = await completed(`https://${HOST}`, proxied());
    assert.ok(result.type === 'done' && result.server === undefined, JSON.stringify(result));
    assert.ok(state.kind === 'ready');
    assert.equal(state.server?.away?.reason, 'remote-certificate');
    assert.equal(server.requests.length, asked, 'nothing was sent');
    const lax = { ...proxied(), ...networkVariables({ strictSSL: false }) };
    const again = await completed(`https://${HOST}`, lax);
    assert.ok(again.result.type === 'done' && again.result.server === HOST, 'the user may say otherwise');
  });

  test('that needs no proxy is asked without one', async () => {
    // Of this machine, but by a name that is not known to mean it.
    const url = server.url.replace('127.0.0.1', '0.0.0.0');
    const { host } = new URL(url);
    const by = async (network: SetupParams['network']) => {
      const { result } = await completed(url, network);
      assert.ok(result.type === 'done' && result.server === host, JSON.stringify(result));
      return through.length > 0;
    };
    assert.equal(await by(proxied()), true);
    assert.equal(await by({ ...proxied(), ...networkVariables({ noProxy: ['0.0.0.0'] }) }), false);
    assert.equal(await by({ ...proxied(), ...networkVariables({ proxySupport: 'off' }) }), false);
  });
});
