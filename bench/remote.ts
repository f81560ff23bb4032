/**
 * How soon a server is free when a request is given up, seen by the server; and what asking one costs beside its own time.
 *
 *   npm run build && node --import tsx bench/remote.ts [--trials 200] [--url URL --model NAME] > bench/results/remote.json
 *
 * The server of the first part is a stand-in that would write for ever, a piece each 5 ms. `client`: from the call that gives a
 * request up to the server's knowledge that its connection is closed, before the first piece and in the stream; `worker`: the same
 * from the editor's side of the packed worker, in a process of its own. With `--url` a real server is asked too: the time to its first
 * text and its pieces a second, with a prompt that it has seen and then as it is typed on.
 */
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { machineOf } from '../src/measure/machine.ts';
import { median, seededRandom } from '../src/measure/statistics.ts';
import { proxiedFetch } from '../src/network/proxiedFetch.ts';
import { completeThere } from '../src/remote/remote.ts';
import { type Server, serverOf } from '../src/remote/server.ts';
import { createWorkerClient } from '../src/worker/client.ts';
import { type CompletionServer, openCompletionServer } from '../test/toy/completionServer.ts';

const root = path.join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: '200' },
    url: { type: 'string', default: '' },
    model: { type: 'string', default: '' },
  },
});
const trials = Number(values.trials);
const LONGEST_WAIT = 60;
const ignore = () => undefined;
const named = { model: '', key: '', fim: 'prefix', context: 8192, timeout: 60_000 };
const text = { path: 'a.ts', suffix: '', singleLine: false, maxTokens: 4096 };
const fetch = proxiedFetch('direct');

type Run = (prefix: string, signal: AbortSignal) => Promise<unknown>;

async function main(): Promise<void> {
  const endless = await openCompletionServer({
    answer: () => Array.from({ length: 1e5 }, () => ' word'),
    pause: 5,
  });
  const silent = await openCompletionServer({ answer: () => [], fault: () => ({ kind: 'hang', after: 0 }) });
  const worker = createWorkerClient({ modulePath: path.join(root, 'dist/worker.js'), log: ignore });
  const remote = { ...named, url: endless.url };
  await worker.setup({ model: 'tiny', pool: [], policy: 'rule', threads: 0, remote });
  const asked =
    (server: Server): Run =>
    (prefix, signal) =>
      completeThere(server, { ...text, prefix }, { fetch, signal, onText: ignore });
  const throughWorker: Run = (prefix, signal) =>
    worker.run({ kind: 'complete', language: 'typescript', ...text, prefix }, signal, ignore);
  const report = {
    machine: machineOf(),
    freed: {
      client: {
        inStream: await freed(endless, asked(serverOf(remote))),
        beforeFirst: await freed(silent, asked(serverOf({ ...remote, url: silent.url }))),
      },
      worker: { inStream: await freed(endless, throughWorker) },
    },
    ...(values.url === '' ? {} : { real: await realServer(serverOf({ ...named, ...values })) }),
    unit: 'milliseconds',
  };
  worker.dispose();
  await endless.close();
  await silent.close();
  console.log(JSON.stringify(report, null, 2));
}

/** Times from giving a request up to the server's being free, after a random wait each. */
async function freed(server: CompletionServer, run: Run) {
  const random = seededRandom(1);
  const times: number[] = [];
  for (let trial = 0; trial < trials; trial++) {
    const before = server.requests.length;
    const given = new AbortController();
    const ended = run(`const a${trial} = `, given.signal);
    while (server.requests.length === before) await wait(1);
    await wait(random() * LONGEST_WAIT);
    const at = performance.now();
    given.abort();
    await ended;
    await server.idle();
    times.push(server.requests.at(-1)!.freed! - at);
  }
  return quantiles(times);
}

/** What a real server takes for one token after the other, as somebody types. */
async function realServer(server: Server) {
  const source = 'export function add(a: number, b: number): number {\n  return a + b;\n}\n\n'.repeat(8);
  const typed = 'export function multiply(a: number, b: number): number {\n  return ';
  const firsts: number[] = [];
  const rates: number[] = [];
  for (let end = typed.length - 12; end <= typed.length; end++) {
    const prefix = source + typed.slice(0, end);
    const signal = new AbortController().signal;
    const job = { ...text, prefix, maxTokens: 32 };
    const result = await completeThere(server, job, { fetch, signal, onText: ignore });
    if (result.type !== 'done') throw new Error(JSON.stringify(result));
    const { first, total } = result.millis;
    firsts.push(first);
    if (result.pieces > 1) rates.push((1000 * (result.pieces - 1)) / (total - first));
  }
  return {
    model: values.model,
    requests: firsts.length,
    first: quantiles(firsts.slice(1)),
    piecesPerSecond: median(rates),
  };
}

function quantiles(times: readonly number[]) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round(10 * sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!) / 10;
  return { trials: times.length, p50: at(0.5), p95: at(0.95), max: at(1) };
}

void main();
