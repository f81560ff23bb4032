import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { build } from 'esbuild';
import { createWorkerClient } from '../../src/worker/client.ts';
import { startProcess } from '../../src/worker/process.ts';
import type { CompleteParams, JobProgress, SetupParams } from '../../src/worker/protocol.ts';
import type { CompletionWorker, WorkerState } from '../../src/worker/worker.ts';

const root = path.join(import.meta.dirname, '..', '..');
const bundled: SetupParams = { model: 'tiny', pool: [], policy: 'rule', threads: 1 };
const never = new AbortController().signal;
const ignore = () => undefined;
const log: string[] = [];

describe('the worker process', { concurrency: false }, () => {
  let modulePath = '';
  let source = '';
  let worker: CompletionWorker;

  before(async () => {
    // Built here rather than taken from dist/, so that the test cannot run against an older worker. It stands
    // in the repository because the worker finds the models beside its own folder.
    const folder = await mkdtemp(path.join(root, 'out-worker-'));
    modulePath = path.join(folder, 'worker.js');
    const stub = path.join(root, 'src/runtime/unused.ts');
    await build({
      entryPoints: [path.join(root, 'src/worker/main.ts')],
      outfile: modulePath,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      external: ['onnxruntime-node'],
      alias: { sharp: stub, 'onnxruntime-web': stub, 'onnxruntime-web/webgpu': stub },
      logLevel: 'error',
    });
    source = await readFile(path.join(root, 'src/engine/drafts/copying/suffixAutomaton.ts'), 'utf8');
    worker = createWorkerClient({ modulePath, log: (line) => log.push(line) });
    const state = await worker.setup(bundled);
    assert.equal(state.kind, 'ready', JSON.stringify(state));
  });

  after(async () => {
    worker.dispose();
    await rm(path.dirname(modulePath), { recursive: true });
  });

  const job = (options: Partial<CompleteParams> = {}): CompleteParams => ({
    kind: 'complete',
    path: 'src/automaton.ts',
    language: 'typescript',
    prefix: source.slice(0, 2400),
    suffix: '',
    singleLine: false,
    maxTokens: 24,
    ...options,
  });

  test('says what it loaded', () => {
    const { state } = worker;
    assert.ok(state.kind === 'ready');
    const ids = state.setup.drafts.map(({ id }) => id);
    for (const id of ['lookup', 'suffix', 'edit', 'ngram', 'ensemble:stack']) assert.ok(ids.includes(id), id);
    assert.deepEqual(state.setup.tasks, ['complete']);
  });

  test('streams pieces that make up the text', async () => {
    const pieces: JobProgress['pieces'] = [];
    const result = await worker.run(job(), never, (progress) => pieces.push(...progress.pieces));
    assert.ok(result.type === 'done');
    assert.equal(pieces.map(({ text }) => text).join(''), result.text);
    assert.ok(pieces.length > 1, 'one piece only is no stream');
    assert.ok(result.tokens > 0 && result.tokens <= 24);
  });

  test('gives the same text whatever the policy, and after a restart', async () => {
    const first = await worker.run(job(), never, ignore);
    assert.ok(first.type === 'done');
    for (const policy of ['none', 'fixed:suffix', 'fixed:ngram']) {
      await worker.setup({ ...bundled, policy });
      const again = await worker.run(job(), never, ignore);
      assert.ok(again.type === 'done');
      assert.equal(again.text, first.text, policy);
    }
    await worker.setup(bundled);
  });

  test('uses other drafts without loading the target again, and a running answer is unharmed', async () => {
    const states: string[] = [];
    const watching = worker.onDidChangeState(({ kind }) => states.push(kind));
    const first = await worker.run(job({ maxTokens: 64 }), never, ignore);
    assert.ok(first.type === 'done');
    for (const change of [
      { pool: ['suffix'], policy: 'fixed:suffix' },
      { pool: ['ngram', 'lookup'], policy: 'fixed:ngram' },
      { pool: ['ngram', 'lookup'], policy: 'none' },
      { pool: [], policy: 'rule' },
    ]) {
      let adjusted: Promise<WorkerState> | undefined;
      const running = worker.run(job({ maxTokens: 64 }), never, () => {
        adjusted ??= worker.adjust({ ...bundled, ...change });
      });
      const during = await running;
      assert.ok(during.type === 'done' && during.text === first.text, change.policy);
      const state = await adjusted;
      assert.ok(state?.kind === 'ready');
      assert.equal(state.setup.policy, change.policy);
      const loaded = state.setup.drafts.flatMap(({ id, loaded }) => (loaded ? [id] : []));
      if (change.pool.length > 0) assert.deepEqual(loaded.sort(), [...change.pool].sort());
      const after = await worker.run(job({ maxTokens: 64 }), never, ignore);
      assert.ok(after.type === 'done' && after.text === first.text, change.policy);
      // What a target that was loaded anew could not know: nearly all of the prompt is in its cache.
      assert.ok(after.prefilled < 8, `${after.prefilled}`);
      const used = Object.keys(after.drafts);
      assert.deepEqual(used, change.policy.startsWith('fixed:') ? [change.policy.slice(6)] : used);
      if (change.policy === 'none') assert.equal(after.drafted, 0);
    }
    watching.dispose();
    assert.deepEqual(new Set(states), new Set(['ready']));
  });

  test('a job that nobody waits for gives the same text as one that is waited for, and gives way to it', async () => {
    const first = await worker.run(job(), never, ignore);
    assert.ok(first.type === 'done');
    const next = job({ prefix: job().prefix + first.text });
    const ahead = await worker.run({ ...next, idle: true }, never, ignore);
    const awaited = await worker.run(next, never, ignore);
    assert.ok(ahead.type === 'done' && awaited.type === 'done');
    assert.equal(ahead.text, awaited.text);
    let busy: Promise<unknown> | undefined;
    const running = worker.run(job({ maxTokens: 64 }), never, () => {
      busy ??= worker.run({ ...next, idle: true }, never, ignore);
    });
    assert.equal((await running).type, 'done');
    assert.deepEqual(await busy, { type: 'cancelled', by: 'busy', text: '' });
    let taken: ReturnType<typeof worker.run> | undefined;
    const idle = await worker.run({ ...next, maxTokens: 256, idle: true }, never, () => {
      taken ??= worker.run(job(), never, ignore);
    });
    // It may have come to its own end first.
    if (idle.type !== 'done') assert.ok(idle.type === 'cancelled' && idle.by === 'superseded', idle.type);
    assert.equal((await taken)?.type, 'done');
  });

  test('adjusted to what does not exist, says what is used instead, as after a load', async () => {
    const state = await worker.adjust({ ...bundled, pool: ['nothing'], policy: 'fixed:nothing' });
    assert.ok(state.kind === 'ready');
    assert.equal(state.setup.policy, 'rule');
    assert.match(state.setup.problems.join(' '), /no draft «nothing».*So all drafts are used\./);
    assert.deepEqual((await worker.adjust(bundled)).kind, 'ready');
  });

  test('runs a job with another policy to measure it, and names what it truly uses', async () => {
    const first = await worker.run(job(), never, ignore);
    const plain = await worker.run({ ...job(), policy: 'none' }, never, ignore);
    assert.ok(first.type === 'done' && plain.type === 'done');
    assert.equal(plain.drafted, 0);
    assert.equal(plain.text, first.text);
    const state = await worker.setup({ ...bundled, pool: ['nothing'], policy: 'fixed:nothing' });
    assert.ok(state.kind === 'ready');
    assert.ok(state.setup.drafts.some(({ id, loaded }) => id === 'suffix' && loaded));
    assert.equal(state.setup.policy, 'rule');
    assert.match(state.setup.problems.join(' '), /no draft «nothing».*So all drafts are used\./);
    assert.ok((state.setup.tokenMillis ?? 0) > 0);
    await worker.setup(bundled);
  });

  test('a newer job ends the older one, which is told so', async () => {
    let begun: () => void = ignore;
    const running = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const older = worker.run(job({ maxTokens: 400, prefix: source.slice(0, 900) }), never, () => begun());
    await running;
    const newer = await worker.run(job({ maxTokens: 4 }), never, ignore);
    const ended = await older;
    assert.equal(newer.type, 'done');
    assert.ok(ended.type === 'cancelled');
    assert.equal(ended.by, 'superseded');
    assert.ok(ended.text.length > 0);
  });

  test('a job that its client aborts ends as cancelled by the client', async () => {
    const client = new AbortController();
    const result = await worker.run(
      job({ maxTokens: 400, prefix: source.slice(0, 900) }),
      client.signal,
      () => client.abort(),
    );
    assert.ok(result.type === 'cancelled');
    assert.equal(result.by, 'client');
  });

  test('typing does not end a task that was asked for', async () => {
    let begun: () => void = ignore;
    const running = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const client = new AbortController();
    const task = { kind: 'summarize' as const, text: source.slice(0, 800), language: 'typescript', to: '' };
    const summary = worker.run({ ...task, maxTokens: 300 }, client.signal, () => begun());
    await running;
    const typed = await worker.run(job(), never, ignore);
    assert.deepEqual(typed, { type: 'cancelled', by: 'busy', text: '' });
    client.abort();
    await summary;
  });

  test('killed while it answers: the job fails by name, the next one is answered', async () => {
    const states: WorkerState['kind'][] = [];
    const subscription = worker.onDidChangeState((state) => states.push(state.kind));
    const pid = await workerPid();
    const result = await worker.run(job({ maxTokens: 400, prefix: source.slice(0, 900) }), never, () =>
      process.kill(pid, 'SIGKILL'),
    );
    assert.ok(result.type === 'failed');
    assert.equal(result.reason, 'worker-died');
    const next = await worker.run(job(), never, ignore);
    assert.equal(next.type, 'done');
    assert.deepEqual(states, ['restarting', 'loading', 'ready']);
    assert.match(log.join('\n'), /ended unexpectedly \(signal SIGKILL\)/);
    subscription.dispose();
  });

  test('a model that cannot be used is a failed state with a sentence, and a good one mends it', async () => {
    const state = await worker.setup({ ...bundled, model: path.join(root, 'no-such-model') });
    assert.ok(state.kind === 'failed');
    assert.equal(state.reason, 'model-missing');
    assert.match(state.message, /There is no model folder .*no-such-model/);
    const answer = await worker.run(job(), never, ignore);
    assert.ok(answer.type === 'failed');
    assert.equal(answer.reason, 'model-missing');
    assert.equal((await worker.setup(bundled)).kind, 'ready');
  });

  test('a draft or policy that does not exist is told of, and completion goes on', async () => {
    const state = await worker.setup({ ...bundled, pool: ['suffix', 'ghost'], policy: 'fixed:ghost' });
    assert.ok(state.kind === 'ready');
    const { drafts, problems } = state.setup;
    assert.equal(problems.length, 2);
    for (const problem of problems) assert.match(problem, /no draft «(fixed:)?ghost»/);
    assert.deepEqual(
      drafts.filter(({ loaded }) => loaded).map(({ id }) => id),
      ['suffix'],
    );
    // The others are offered all the same.
    const others = ['lookup', 'edit', 'ngram', 'ensemble:stack'];
    for (const id of others)
      assert.ok(
        drafts.some((draft) => draft.id === id),
        id,
      );
    assert.equal((await worker.run(job(), never, ignore)).type, 'done');
    await worker.setup(bundled);
  });

  test('a policy file that cannot be used is told of, and completion goes on', async () => {
    const state = await worker.setup({ ...bundled, policy: 'trained', policyFile: '/nowhere/policy.json' });
    assert.ok(state.kind === 'ready');
    assert.equal(state.setup.problems.length, 1);
    assert.match(
      state.setup.problems[0]!,
      /\/nowhere\/policy\.json cannot be read: it is not there.*The rule chooses instead\.$/,
    );
    assert.equal((await worker.run(job(), never, ignore)).type, 'done');
    await worker.setup(bundled);
  });

  test('copies from a file it was told of, and says so in its counts', async () => {
    const marker =
      'const unusualMarker = combineFrobnicators(alphaValue, betaValue, gammaValue, deltaValue);\n';
    const options = { prefix: `// one\n${marker.slice(0, 40)}`, maxTokens: 30 };
    // Only the draft copies: what the target remembers may change the text.
    await worker.setup({ ...bundled, pool: ['suffix'], policy: 'fixed:suffix', workspaceMemory: 'off' });
    const before = await worker.run(job(options), never, ignore);
    worker.file({ path: 'other.ts', text: marker.repeat(2) });
    await worker.index({ files: [] });
    const after = await worker.run(job(options), never, ignore);
    assert.ok(before.type === 'done' && after.type === 'done');
    assert.equal(after.text, before.text);
    assert.ok(after.drafted > before.drafted, `${after.drafted} against ${before.drafted}`);
    worker.file({ path: 'other.ts', text: null });
    await worker.setup(bundled);
  });

  test('remembers a file it was told of, from the next completion on', async () => {
    const prefix = 'export function fold(values: number[]) {\n  ';
    const line = 'const unusualFold = gatherFrobnicators(values, firstQuokka, lastQuokka);';
    const options = { path: 'fold.ts', prefix: `${prefix}const unusual`, maxTokens: 30, singleLine: true };
    const before = await worker.run(job(options), never, ignore);
    worker.file({ path: 'memory.ts', text: `${prefix}${line}\n}\n` });
    await worker.index({ files: [] });
    const after = await worker.run(job(options), never, ignore);
    assert.ok(before.type === 'done' && after.type === 'done');
    assert.equal(after.text, line.slice('const unusual'.length));
    assert.notEqual(before.text, after.text);
    await worker.setup({ ...bundled, workspaceMemory: 'off' });
    const off = await worker.run(job(options), never, ignore);
    assert.ok(off.type === 'done' && off.text !== after.text);
    worker.file({ path: 'memory.ts', text: null });
    await worker.setup(bundled);
  });

  test('indexes a long file piece by piece, between the jobs', async () => {
    const marker = 'const longFileMarker = gatherQuokkas(northValue, southValue, eastValue, westValue);\n';
    const options = { prefix: `// two\n${marker.slice(0, 40)}`, maxTokens: 30 };
    await worker.setup({ ...bundled, pool: ['suffix'], policy: 'fixed:suffix', workspaceMemory: 'off' });
    const before = await worker.run(job(options), never, ignore);
    assert.ok(before.type === 'done');
    worker.file({ path: 'long.ts', text: source.repeat(6) + marker.repeat(2) });
    let drafted = before.drafted;
    for (let attempt = 0; attempt < 100 && drafted <= before.drafted; attempt++) {
      const result = await worker.run(job(options), never, ignore);
      assert.ok(result.type === 'done');
      assert.equal(result.text, before.text);
      drafted = result.drafted;
      // Somebody who types leaves more time than this; while a job runs the index stays as it is.
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.ok(drafted > before.drafted, 'the end of the file was never copied from');
    worker.file({ path: 'long.ts', text: null });
    await worker.setup(bundled);
  });

  test('has read the next prompt when it was told of the place in time', async () => {
    const elsewhere = job({ path: 'src/elsewhere.ts', prefix: source.slice(3000, 3900), maxTokens: 2 });
    const next = job({ maxTokens: 2 });
    const cold = await worker.run(elsewhere, never, ignore);
    assert.ok(cold.type === 'done' && cold.prefilled > 100, JSON.stringify(cold));
    const { path: name, language, prefix, suffix, maxTokens } = next;
    let read = Number.POSITIVE_INFINITY;
    for (let wait = 200; wait < 4000 && read > 10; wait *= 2) {
      await worker.run(elsewhere, never, ignore);
      worker.warm({ path: name, language, prefix, suffix, maxTokens });
      await new Promise((resolve) => setTimeout(resolve, wait));
      const warm = await worker.run(next, never, ignore);
      assert.ok(warm.type === 'done');
      read = warm.prefilled;
    }
    assert.ok(read <= 10, `${read} tokens of the prompt had to be read`);
  });

  test('does not read in advance what it is asked for at once', async () => {
    const elsewhere = job({ path: 'src/elsewhere.ts', prefix: source.slice(3000, 3900), maxTokens: 2 });
    const next = job({ maxTokens: 12 });
    const alone = await worker.run(next, never, ignore);
    await worker.run(elsewhere, never, ignore);
    const { path: name, language, prefix, suffix, maxTokens } = next;
    worker.warm({ path: name, language, prefix, suffix, maxTokens });
    const asked = await worker.run(next, never, ignore);
    assert.ok(alone.type === 'done' && asked.type === 'done');
    assert.equal(asked.text, alone.text);
  });

  test('gives the same text whatever text is being replaced', async () => {
    const plain = await worker.run(job(), never, ignore);
    assert.ok(plain.type === 'done');
    for (const original of [plain.text, `${plain.text.slice(5)}x`, source.slice(500, 900), '']) {
      const guided = await worker.run(job({ original }), never, ignore);
      assert.ok(guided.type === 'done');
      assert.equal(guided.text, plain.text);
    }
  });

  test('copies from files of the workspace, but an open file is newer', async () => {
    const marker = 'const workspaceMarker = weighWombats(upperValue, lowerValue, innerValue, outerValue);\n';
    const options = { prefix: `// three\n${marker.slice(0, 40)}`, maxTokens: 30 };
    const drafted = async () => {
      const result = await worker.run(job(options), never, ignore);
      assert.ok(result.type === 'done');
      return result.drafted;
    };
    await worker.setup({ ...bundled, pool: ['suffix'], policy: 'fixed:suffix', indexMiB: 8 });
    const before = await drafted();
    const text = marker.repeat(2);
    const taken = await worker.index({ files: [{ path: 'far.ts', text }] });
    assert.equal(taken?.state, 'taken');
    assert.ok(taken.tokens > 0 && taken.capacity > 100_000 && taken.texts === 1, JSON.stringify(taken));
    assert.ok((await drafted()) > before);

    await worker.index({ files: [{ path: 'far.ts', text: null }] });
    assert.equal(await drafted(), before, 'what was taken away is not copied from');
    worker.file({ path: 'far.ts', text: 'const other = 1;\n' });
    await worker.index({ files: [] });
    const opened = await drafted();
    await worker.index({ files: [{ path: 'far.ts', text }] });
    assert.equal(await drafted(), opened, 'the open file is newer than what the disk says');
    worker.file({ path: 'far.ts', text: null });

    await worker.setup({ ...bundled, pool: ['suffix'], policy: 'fixed:suffix', indexMiB: 0 });
    assert.equal((await worker.index({ files: [{ path: 'far.ts', text }] }))?.state, 'off');
    assert.equal(await drafted(), before);
    await worker.setup(bundled);
  });

  test('says when its index is full, and goes on taking newer texts of what it holds', async () => {
    await worker.setup({ ...bundled, pool: ['suffix'], policy: 'fixed:suffix', indexMiB: 4 });
    const names = Array.from({ length: 120 }, (_, i) => `file${i}.ts`);
    let last = await worker.index({ files: [] });
    for (const [i, path] of names.entries()) {
      last = await worker.index({ files: [{ path, text: `// ${i}\n${source}` }] });
      if (last?.state === 'full') break;
    }
    assert.equal(last?.state, 'full');
    assert.ok(last.tokens <= last.capacity && last.tokens >= 0.6 * last.capacity, JSON.stringify(last));
    const again = await worker.index({ files: [{ path: 'file0.ts', text: `// new\n${source}` }] });
    assert.equal(again?.state, 'taken');
    await worker.setup(bundled);
  });

  test('frees its models when nobody asks for long, and loads them again with the next job', async () => {
    const restings: (boolean | undefined)[] = [];
    const resting = new Promise<void>((resolve) => {
      const subscription = worker.onDidChangeState((state) => {
        if (state.kind === 'ready') restings.push(state.resting);
        if (state.kind !== 'ready' || !state.resting) return;
        subscription.dispose();
        resolve();
      });
    });
    await worker.setup({ ...bundled, idleUnload: 0.02 });
    // The target remembers this file, and must do so still when it is loaded again.
    worker.file({ path: 'other.ts', text: source.slice(2300, 5000) });
    await worker.index({ files: [] });
    const first = await worker.run(job(), never, ignore);
    await resting;
    assert.deepEqual(restings, [undefined, true]);
    const [again, cancelled] = await Promise.all([
      worker.run(job(), never, ignore),
      worker.run(job({ maxTokens: 300 }), AbortSignal.abort(), ignore),
    ]);
    assert.ok(first.type === 'done' && again.type === 'done');
    assert.equal(again.text, first.text);
    assert.equal(cancelled.type, 'cancelled');
    assert.ok(worker.state.kind === 'ready' && worker.state.resting === false);
    worker.file({ path: 'other.ts', text: null });
    await worker.setup(bundled);
  });

  test('keeps what it has measured where it may', async () => {
    const storage = await mkdtemp(path.join(tmpdir(), 'slipstream-storage-'));
    try {
      await worker.setup({ ...bundled, storage });
      const file = path.join(storage, 'costs.json');
      const written = await readFile(file, 'utf8');
      assert.match(written, /"widths":\[2,/);
      await worker.setup({ ...bundled, storage });
      assert.equal(await readFile(file, 'utf8'), written, 'measured again');
      assert.equal((await worker.run(job(), never, ignore)).type, 'done');
    } finally {
      await rm(storage, { recursive: true });
      await worker.setup(bundled);
    }
  });

  test('refuses a message of another shape with one sentence', async () => {
    const link = startProcess({ modulePath, log: ignore }, { onEnd: ignore });
    try {
      const broken = { ...bundled, threads: 'all' } as unknown as SetupParams;
      await assert.rejects(link.setup(broken), /do not understand each other \(threads/);
      const result = await link.run({ kind: 'complete' } as CompleteParams, never, ignore);
      assert.ok(result.type === 'failed');
      assert.equal(result.reason, 'bad-message');
    } finally {
      link.kill();
    }
  });

  test('a worker whose program is missing is not tried again, and one that ends at once is tried once more', async () => {
    const broken = path.join(path.dirname(modulePath), 'broken.js');
    await writeFile(broken, 'process.exit(3);\n');
    for (const [program, kinds, message] of [
      [path.join(root, 'no-such-worker.js'), ['failed'], /no-such-worker\.js, is missing\. Install/],
      [broken, ['restarting', 'failed'], /ended as soon as it was started \(exit status 3\)/],
    ] as const) {
      const client = createWorkerClient({ modulePath: program, log: ignore });
      const seen: string[] = [];
      const failed = new Promise<WorkerState>((resolve) => {
        client.onDidChangeState((state) => {
          if (state.kind !== 'loading' && state.kind !== 'stopped') seen.push(state.kind);
          if (state.kind === 'failed') resolve(state);
        });
      });
      await client.setup(bundled);
      const state = await failed;
      assert.deepEqual(seen, kinds);
      assert.match(state.kind === 'failed' ? state.message : '', message);
      client.dispose();
      assert.equal(client.state.kind, 'stopped');
    }
  });

  /** The pid of the worker, found by what the process list says is our child. */
  async function workerPid(): Promise<number> {
    const children = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8');
    const pids = children.trim().split(' ').map(Number);
    for (const pid of pids) {
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
      if (command.includes(modulePath)) return pid;
    }
    throw new Error('the worker is not among our children');
  }
});
