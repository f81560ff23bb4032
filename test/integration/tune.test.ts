import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { complete } from '../../src/inference/jobs.ts';
import { loadPipeline, type Pipeline } from '../../src/inference/pipeline.ts';
import { policyOf } from '../../src/inference/policies.ts';
import { readPolicyFile } from '../../src/inference/policyFile.ts';
import { writeTuned } from '../../src/inference/tunedPolicy.ts';
import { openModelFolder } from '../../src/runtime/modelFolder.ts';
import { createWorkerClient } from '../../src/worker/client.ts';
import { build, commandLine, program } from '../fakes/commandLine.ts';
import { models, root } from '../toy/bundled.ts';
import { ggufBytes, toyGguf } from '../toy/gguf.ts';

/** A model of the user's own is tuned on files of theirs, as a person does it: its policy is used, and no token is another. */

let folder: string;
let env: NodeJS.ProcessEnv;
const into = (name: string) => path.join(folder, name);
const slipstream = (...args: string[]) => commandLine(args, { cwd: folder, env });
const tuning = ['models', 'tune', 'toy', '--files', 'sources', '--minutes', '0.25', '--threads', '1'];
const policyFile = () => into('store/.tuned/toy.json');
const part = () => into('store/.tuned/toy.log.part');

before(() => {
  build();
  folder = mkdtempSync(path.join(os.tmpdir(), 'slipstream-tuning-'));
  env = {
    ...process.env,
    SLIPSTREAM_MODELS: into('store'),
    XDG_CACHE_HOME: into('cache'),
    LOCALAPPDATA: into('cache'),
  };
  cpSync(path.join(root, 'src/engine/policy'), into('sources'), { recursive: true });
  const { facts, tensors } = toyGguf(1, { architecture: 'llama', kind: 'Q8_0', tied: true });
  writeFileSync(into('toy.gguf'), ggufBytes(facts, tensors));
  assert.equal(slipstream('models', 'add', 'toy.gguf').status, 0);
});
after(() => rmSync(folder, { recursive: true }));

async function toy() {
  return { folder: await openModelFolder(into('store/toy')), name: undefined, memory: undefined };
}

describe('tuning an added model', () => {
  test('is stopped with what it has kept, goes on from there, and says what it gave', async () => {
    const child = spawn(process.execPath, [program, ...tuning, '--json'], { cwd: folder, env });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    const parts = new Set<string>();
    for await (const line of createInterface({ input: child.stdout })) {
      const { part, percent } = JSON.parse(line) as { part?: string; percent?: number };
      if (part) parts.add(part);
      if (part === 'recording' && percent! > 10 && !child.killed) child.kill('SIGINT');
    }
    assert.equal(await ended, 130);
    assert.deepEqual([...parts], ['measuring', 'recording']);
    const begun = readFileSync(part(), 'utf8');
    assert.ok(begun.split('\n').length > 3);
    assert.equal(existsSync(policyFile()), false);
    // Nothing of the user's text is in it.
    assert.ok(!begun.includes('export') && !begun.includes('"ids"'));

    const { status, stdout, stderr } = slipstream(...tuning);
    assert.equal(status, 0, stderr);
    const gave =
      /^toy: \d+ requests with \d+ rounds are recorded\. In replay of \d+ requests that were held out: ([\d.]+) times as fast as without drafts before, ([\d.]+) now\.\nThe policy (is in|that was there is kept)/;
    const [, earlier, now, what] = gave.exec(stdout) ?? assert.fail(stdout);
    const better = what === 'is in';
    assert.ok(better ? Number(now) >= Number(earlier) : Number(now) <= Number(earlier), stdout);
    assert.equal(existsSync(policyFile()), better);
    assert.equal(existsSync(part()), false);
    assert.ok(existsSync(into('cache/slipstream/costs.json')));
    assert.match(readFileSync(into('cache/slipstream/costs.json'), 'utf8'), /toy/);
  });

  test('leaves a policy that is used from then on, by whoever loads the model, and changes no token', async () => {
    if (!existsSync(policyFile())) {
      // By the times of a busy machine another policy may have been no better: then it is one that was tuned all the same.
      const general = await readPolicyFile(path.join(models, 'policy/general.json'));
      const trainedOn = { ...general.trainedOn, model: 'toy by hand' };
      await writeTuned(into('store'), await toy(), { ...general, trainedOn });
    }
    const load = { bundled: models, pool: [], threads: 1, model: into('store/toy') };
    const texts: string[] = [];
    for (const store of [undefined, into('store')]) {
      const pipeline = await loadPipeline({ ...load, store });
      try {
        assert.equal(pipeline.loaded.tuned, store !== undefined);
        assert.equal(pipeline.policy?.trainedOn.model.startsWith('toy '), store !== undefined);
        for (const policy of ['none', 'policy']) texts.push(await written(pipeline, policy));
      } finally {
        await pipeline.dispose();
      }
    }
    assert.ok(texts[0]!.length > 20);
    assert.equal(new Set(texts).size, 1, texts.join('\n'));
    const { policy, notices } = JSON.parse(slipstream('doctor', '--model', 'toy', '--json').stdout) as {
      policy: { tuned: boolean };
      notices: string[];
    };
    assert.equal(policy.tuned, true);
    assert.ok(!notices.join().includes('tuned'));
  });

  test('leaves nothing to a model with other weights, to which it says so in a sentence', async () => {
    cpSync(policyFile(), into('store/.tuned/other.json'));
    const { facts, tensors } = toyGguf(2, { architecture: 'llama', kind: 'Q8_0', tied: true });
    writeFileSync(into('other.gguf'), ggufBytes(facts, tensors));
    assert.equal(slipstream('models', 'add', 'other.gguf').status, 0);
    const load = { bundled: models, pool: [], threads: 1, model: into('store/other') };
    const pipeline = await loadPipeline({ ...load, store: into('store') });
    try {
      assert.equal(pipeline.loaded.tuned, false);
      assert.match(pipeline.policy?.trainedOn.model ?? '', /^base/);
      assert.equal(
        pipeline.loaded.notices.filter((each) => each.includes('other.json was tuned for')).length,
        1,
      );
    } finally {
      await pipeline.dispose();
    }
  });

  test('is looked for by the worker too, where the models of the user lie', async () => {
    const worker = createWorkerClient({
      modulePath: path.join(root, 'dist/worker.js'),
      log: () => undefined,
    });
    try {
      const setup = {
        pool: [],
        policy: 'trained',
        threads: 1,
        network: { SLIPSTREAM_MODELS: into('store') },
      };
      for (const [name, sentences] of [
        ['toy', 0],
        ['other', 1],
      ] as const) {
        const state = await worker.setup({ ...setup, model: name });
        assert.ok(state.kind === 'ready', JSON.stringify(state));
        assert.equal(state.setup.model, name);
        assert.deepEqual(state.setup.problems, []);
        assert.equal(state.setup.notices.filter((each) => each.includes('was tuned for')).length, sentences);
      }
    } finally {
      worker.dispose();
    }
  });

  test('goes when the model goes', () => {
    assert.equal(slipstream('models', 'remove', 'toy').status, 0);
    assert.deepEqual(readdirSync(into('store/.tuned')), ['other.json']);
  });
});

async function written(pipeline: Pipeline, policy: string): Promise<string> {
  const job = { path: 'a.ts', language: 'typescript', prefix: 'const a = [1, 2];\nconst b', suffix: '' };
  const { ids } = await complete(
    pipeline,
    { ...job, singleLine: false, maxTokens: 60 },
    {
      policy: policyOf(policy, pipeline),
      signal: new AbortController().signal,
      onPieces: () => undefined,
    },
  );
  return ids.join();
}
