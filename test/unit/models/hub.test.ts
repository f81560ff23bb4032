import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { UserError } from '../../../src/errors.ts';
import { addModel } from '../../../src/models/add.ts';
import { ModelStore } from '../../../src/models/store.ts';
import { proxiedFetch } from '../../../src/network/proxiedFetch.ts';
import { openToyHub, sendFile, type ToyHub } from '../../toy/hub.ts';

const GRAPH = 'onnx/model_q8.onnx';

/** A repository with all that a model has; the graph is noise, since nothing here runs it. */
function repository(): Record<string, Buffer> {
  return {
    'config.json': Buffer.from(JSON.stringify({ vocab_size: 300, max_position_embeddings: 256 })),
    'tokenizer.json': Buffer.from('{}'),
    'tokenizer_config.json': Buffer.from('{}'),
    'README.md': Buffer.from('not wanted'),
    LICENSE: Buffer.from('as you like'),
    [GRAPH]: Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 251)),
  };
}

interface Stand {
  readonly hub: ToyHub;
  readonly store: ModelStore;
  add(changes?: Partial<Parameters<typeof addModel>[2]>): ReturnType<typeof addModel>;
}

async function stand(context: TestContext): Promise<Stand> {
  const hub = await openToyHub(repository());
  const folder = await mkdtemp(path.join(tmpdir(), 'slipstream-hub-'));
  context.after(async () => {
    await hub.close();
    await rm(folder, { recursive: true, force: true });
  });
  const store = new ModelStore(folder);
  const add: Stand['add'] = (changes) =>
    addModel(store, 'someone/model', {
      fetch: proxiedFetch(),
      signal: new AbortController().signal,
      env: { HF_ENDPOINT: hub.endpoint },
      transfer: { pause: 1, patience: 300 },
      ...changes,
    });
  return { hub, store, add };
}

/** How often a file was asked for, and from which byte. */
function ranges(hub: ToyHub, name: string): (string | undefined)[] {
  return hub.asked.filter((request) => request.path === `/store/${name}`).map((request) => request.range);
}

function graphIn(store: ModelStore): Buffer {
  return readFileSync(path.join(store.folder, 'model', GRAPH));
}

/** Nothing that looks like a model is found. */
async function assertNothing(store: ModelStore): Promise<void> {
  assert.deepEqual(await store.list(), []);
  assert.equal(existsSync(path.join(store.folder, 'model')), false);
}

const refusal = (name: string) => (error: unknown) =>
  error instanceof UserError && error.reason === name && /\.$/.test(error.message);

suite('a model of the hub', () => {
  test('is loaded with what it needs and no more, whole and verified', async (context) => {
    const { hub, store, add } = await stand(context);
    const seen: number[] = [];
    const model = await add({ onProgress: (_, done) => seen.push(done) });
    assert.equal(model.problem, undefined);
    assert.deepEqual(graphIn(store), hub.files[GRAPH]);
    assert.equal(existsSync(path.join(model.folder, 'README.md')), false);
    assert.ok(existsSync(path.join(model.folder, 'LICENSE')));
    assert.deepEqual(await store.verify('model'), []);
    const wanted = Object.entries(hub.files).filter(([name]) => name !== 'README.md');
    assert.equal(
      seen.at(-1),
      wanted.reduce((sum, [, content]) => sum + content.length, 0),
    );
  });

  test('of an older exporter is one merged graph, but that of a decoder behind an encoder is none', async (context) => {
    const { hub, add } = await stand(context);
    const merged = 'onnx/decoder_model_merged.onnx';
    for (const name of ['onnx/decoder_model.onnx', 'onnx/decoder_with_past_model.onnx', merged]) {
      hub.files[name] = hub.files[GRAPH]!;
    }
    delete hub.files[GRAPH];
    const model = await add();
    assert.deepEqual(readdirSync(path.join(model.folder, 'onnx')), [path.basename(merged)]);
    hub.files['onnx/encoder_model.onnx'] = hub.files[merged]!;
    await assert.rejects(add({ name: 'other' }), refusal('model-incomplete'));
  });

  test('goes on behind what has come when a connection is cut, twice', async (context) => {
    const { hub, store, add } = await stand(context);
    hub.faults[GRAPH] = [100_000, 200_000].map((end) => (request, response, content) => {
      sendFile(request, response, content, end);
      return true;
    });
    await add();
    const [first, second, third] = ranges(hub, GRAPH);
    assert.equal(first, undefined);
    const starts = [second, third].map((range) => Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1]));
    assert.ok(
      0 < starts[0]! && starts[0]! <= 100_000 && starts[0]! < starts[1]! && starts[1]! <= 200_000,
      `${starts}`,
    );
    assert.deepEqual(graphIn(store), hub.files[GRAPH]);
  });

  test('that is called off goes on behind what has come when it is asked for again', async (context) => {
    const { hub, store, add } = await stand(context);
    const away = new AbortController();
    hub.faults[GRAPH] = [
      (request, response, content) => {
        response.writeHead(200, { 'content-length': content.length });
        response.write(content.subarray(0, 150_000), () =>
          setTimeout(() => away.abort(new Error('away')), 50),
        );
        return request.url !== '';
      },
    ];
    await assert.rejects(add({ signal: away.signal }), /away/);
    await assertNothing(store);
    await add();
    assert.match(ranges(hub, GRAPH)[1] ?? 'from the start', /^bytes=\d+-$/);
    assert.deepEqual(graphIn(store), hub.files[GRAPH]);
  });

  test('is waited for while the server is busy, and while nothing comes', async (context) => {
    const { hub, store, add } = await stand(context);
    hub.faults[GRAPH] = [
      (_, response) => Boolean(response.writeHead(503).end()),
      () => true, // never an answer
    ];
    await add();
    assert.equal(ranges(hub, GRAPH).length, 3);
    assert.deepEqual(graphIn(store), hub.files[GRAPH]);
  });

  test('with other content than the hub says is refused and removed, and right the next time', async (context) => {
    const { hub, store, add } = await stand(context);
    hub.faults[GRAPH] = [
      (request, response, content) => {
        sendFile(request, response, Buffer.alloc(content.length, 1));
        return true;
      },
    ];
    await assert.rejects(add(), refusal('download-wrong'));
    await assertNothing(store);
    const left = readdirSync(store.folder, { recursive: true }).map(String);
    assert.equal(
      left.some((name) => name.includes('model_q8')),
      false,
      left.join(),
    );
    await add();
    assert.deepEqual(graphIn(store), hub.files[GRAPH]);
  });

  test('in whose place a sign-in page comes is refused in words', async (context) => {
    const { hub, store, add } = await stand(context);
    hub.faults[GRAPH] = [
      (_, response) =>
        Boolean(response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Welcome to the hotel</p>')),
    ];
    await assert.rejects(add(), refusal('captive-page'));
    await assertNothing(store);
  });

  test('that is gated asks for a token, which is told to the hub', async (context) => {
    const { hub, add } = await stand(context);
    hub.faults[GRAPH] = [(_, response) => Boolean(response.writeHead(403).end())];
    await assert.rejects(add(), refusal('download-gated'));
    await add({ env: { HF_ENDPOINT: hub.endpoint, HF_TOKEN: 'mine' } });
    assert.equal(hub.asked.at(-1)?.token, 'Bearer mine');
  });

  test('is added by one window at a time: the other is told so', async (context) => {
    const { store, add } = await stand(context);
    const outcomes = await Promise.allSettled([add(), add()]);
    assert.deepEqual(outcomes.map((outcome) => outcome.status).sort(), ['fulfilled', 'rejected']);
    const lost = outcomes.find((outcome) => outcome.status === 'rejected');
    assert.ok(refusal('store-busy')(lost?.reason), String(lost?.reason));
    assert.equal((await store.list()).length, 1);
  });

  test('larger than the disk is refused before anything is loaded', async (context) => {
    const { hub, store, add } = await stand(context);
    const lie = 2 ** 52;
    await assert.rejects(
      add({
        fetch: async (url, init) => {
          const response = await proxiedFetch()(url, init);
          if (!url.includes('/tree/')) return response;
          const entries = (await response.json()) as { path: string; size: number; lfs?: { size: number } }[];
          for (const entry of entries) if (entry.lfs) entry.lfs.size = lie;
          return Response.json(entries);
        },
      }),
      refusal('disk-full'),
    );
    assert.deepEqual(ranges(hub, GRAPH), []);
    await assertNothing(store);
  });

  test('is loaded without a word of the library that asks for it', async (context) => {
    const { add } = await stand(context);
    const warnings: string[] = [];
    const hear = (warning: Error) => warnings.push(warning.message);
    process.on('warning', hear);
    context.after(() => process.off('warning', hear));
    await add();
    await new Promise((done) => setImmediate(done));
    assert.deepEqual(warnings, []);
  });

  test('is loaded through the proxy that the environment names, and not beside it', async (context) => {
    const { hub, add } = await stand(context);
    const through: string[] = [];
    const proxy = createServer().on('connect', (request, client: Socket) => {
      through.push(request.url!);
      const [host, port] = request.url!.split(':');
      const server = connect(Number(port), host, () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        server.pipe(client).pipe(server);
      });
      for (const end of [client, server])
        end.on('error', () => [client, server].map((each) => each.destroy()));
    });
    await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
    const before = process.env.HTTP_PROXY;
    process.env.HTTP_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    context.after(() => {
      proxy.close();
      if (before === undefined) delete process.env.HTTP_PROXY;
      else process.env.HTTP_PROXY = before;
    });
    await add();
    assert.ok(through.length > 0);
    assert.ok(
      through.every((place) => hub.endpoint.endsWith(place)),
      through.join(),
    );
  });
});
