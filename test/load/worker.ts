import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createWorkerClient } from '../../src/worker/client.ts';
import type { CompleteParams } from '../../src/worker/protocol.ts';
import { root } from '../toy/bundled.ts';
import { Random } from '../toy/random.ts';
import { openFiles, processesBelow } from './processes.ts';
import { type Answer, type Look, rounded, summaryOf } from './record.ts';

const never = new AbortController().signal;
const MIB = 2 ** 20;

/**
 * Let a worker complete, be cut off, be told of files and of their end, accept and rest, as chance will have it.
 * @param millis how long. @param every between two looks, in milliseconds
 */
export async function loadWorker(millis: number, seed: number, every: number) {
  const chance = new Random(seed);
  const random = () => chance.next();
  const pick = <T>(list: readonly T[]): T => chance.pick(list);
  const rejections: string[] = [];
  const rejected = (reason: unknown) => void rejections.push(String(reason));
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
  const answers: Answer[] = [];
  const looks: Look[] = [];
  const since = performance.now();
  const minutes = () => (performance.now() - since) / 60_000;
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
    if (type === 'done') answers.push({ minutes: minutes(), millis: performance.now() - asked });
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
    const worker = workerOf();
    looks.push({
      minutes: Math.round(minutes() * 100) / 100,
      ...{ workerMiB: rounded(bytes / MIB), hostMiB: rounded(process.memoryUsage.rss() / MIB) },
      ...{ workerFiles: worker === undefined ? 0 : openFiles(worker), hostFiles: openFiles(process.pid) },
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
    ...summaryOf(looks, answers, millis / 60_000),
    looks,
  };
}

/** The one process that this one has started; undefined where the system does not tell. */
function workerOf(): number | undefined {
  return process.platform === 'linux' ? processesBelow(process.pid)[0]?.pid : undefined;
}
