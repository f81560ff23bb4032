import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createWorkerClient } from '../../src/worker/client.ts';
import type { CompleteParams } from '../../src/worker/protocol.ts';
import { root } from '../toy/bundled.ts';
import { Random } from '../toy/random.ts';

const never = new AbortController().signal;
const MIB = 2 ** 20;

/** What was seen at one moment. */
interface Look {
  readonly minutes: number;
  readonly workerMiB: number;
  readonly clientMiB: number;
  /** Open files and sockets of the worker; 0 where the system does not tell. */
  readonly handles: number;
}

/**
 * Let a worker complete, be cut off, be told of files and of their end, accept and rest, as chance will have it.
 * @param millis how long. @param every between two looks, in milliseconds
 */
export async function loadFor(millis: number, seed: number, every: number) {
  const chance = new Random(seed);
  const random = () => chance.next();
  const pick = <T>(list: readonly T[]): T => chance.pick(list);
  let rejections = 0;
  const rejected = () => {
    rejections++;
  };
  process.on('unhandledRejection', rejected);
  const folder = path.join(root, 'src/engine');
  const names = (readdirSync(folder, { recursive: true }) as string[]).filter((name) => name.endsWith('.ts'));
  const texts = names.map((name) => readFileSync(path.join(folder, name), 'utf8'));
  let ends = 0;
  const client = createWorkerClient({ modulePath: path.join(root, 'dist/worker.js'), log: () => undefined });
  client.onDidChangeState(({ kind }) => {
    if (kind === 'restarting' || kind === 'failed') ends++;
  });
  const state = await client.setup({ model: 'tiny', pool: [], policy: 'trained+online', threads: 1 });
  if (state.kind !== 'ready') throw new Error(JSON.stringify(state));

  const counts = { done: 0, cancelled: 0, failed: 0, told: 0 };
  const times: { readonly at: number; readonly millis: number }[] = [];
  const looks: Look[] = [];
  const since = performance.now();
  const complete = async () => {
    const text = pick(texts);
    const at = Math.floor(random() * text.length);
    const job: CompleteParams = {
      ...{
        kind: 'complete',
        path: pick(names),
        language: 'typescript',
        prefix: text.slice(Math.max(0, at - 4_000), at),
      },
      ...{
        suffix: text.slice(at, at + 800),
        singleLine: random() < 0.5,
        maxTokens: 4 + Math.floor(random() * 28),
      },
    };
    const abort = new AbortController();
    if (random() < 0.3) setTimeout(() => abort.abort(), random() * 40);
    const asked = performance.now();
    const { type } = await client.run(job, random() < 0.5 ? never : abort.signal, () => undefined);
    counts[type]++;
    if (type === 'done') times.push({ at: asked - since, millis: performance.now() - asked });
  };
  const tell = () => {
    counts.told++;
    const at = Math.floor(random() * names.length);
    const path = names[at]!;
    const kind = random();
    if (kind < 0.5) client.file({ path, text: texts[at]!.slice(Math.floor(random() * 400)) });
    else if (kind < 0.8) client.file({ path, text: null });
    else if (kind < 0.9) client.accepted({ path, text: texts[at]!.slice(0, 60) });
    else client.forget({ paths: [path] });
  };
  const look = async () => {
    const bytes = (await client.residentBytes()) ?? 0;
    const mib = (value: number) => Math.round((value / MIB) * 10) / 10;
    looks.push({
      minutes: Math.round((performance.now() - since) / 600) / 100,
      ...{ workerMiB: mib(bytes), clientMiB: mib(process.memoryUsage.rss()), handles: handlesOf() },
    });
  };

  let next = every;
  await look();
  while (performance.now() - since < millis) {
    // Two at once: the second takes the place of the first.
    await Promise.all(random() < 0.2 ? [complete(), complete()] : [complete()]);
    if (random() < 0.3) tell();
    if (performance.now() - since > next) {
      next += every;
      await look();
    }
  }
  await look();
  client.dispose();
  process.off('unhandledRejection', rejected);
  return {
    seed,
    minutes: millis / 60_000,
    counts,
    failed: counts.failed,
    ends,
    rejections,
    // The first quarter fills caches and the index.
    slopeMiBPerHour: {
      worker: slope(looks, ({ workerMiB }) => workerMiB),
      client: slope(looks, ({ clientMiB }) => clientMiB),
    },
    p99MillisByQuarter: [0, 1, 2, 3].map((quarter) => {
      const of = times.filter(({ at }) => Math.min(3, Math.floor((4 * at) / millis)) === quarter);
      const sorted = of.map((time) => time.millis).sort((a, b) => a - b);
      return Math.round(sorted[Math.floor(0.99 * (sorted.length - 1))] ?? 0);
    }),
    looks,
  };
}

/** Of the processes that this one has started: the worker. */
function handlesOf(): number {
  try {
    const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
    return children.reduce((sum, pid) => sum + readdirSync(`/proc/${pid}/fd`).length, 0);
  } catch {
    return 0;
  }
}

/** Growth an hour from the second quarter on, by least squares. */
function slope(looks: readonly Look[], measure: (look: Look) => number): number {
  const late = looks.slice(Math.floor(looks.length / 4));
  const x = late.map(({ minutes }) => minutes / 60);
  const y = late.map(measure);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const above = x.reduce((sum, value, i) => sum + (value - mx) * (y[i]! - my), 0);
  const below = x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
  return below === 0 ? 0 : Math.round((10 * above) / below) / 10;
}
