import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { complete } from '../../src/inference/jobs.ts';
import { loadPipeline, type Pipeline } from '../../src/inference/pipeline.ts';
import { policyOf } from '../../src/inference/policies.ts';
import { models, root } from '../toy/bundled.ts';

/**
 * Small models that stand beside a target: `apprentice` and `graph` have the target's own weights, so nearly all that they guess is
 * right; `stranger` has another vocabulary, so it drafts text, and `ruin` is broken.
 */

const fixtures = path.join(root, 'test', 'fixtures', 'models');
const PREFIX = 'function add(left, right) {\n  return left + right;\n}\n';

describe('a target with neural drafts beside it', () => {
  let folder: string;
  let pipeline: Pipeline;
  const named = [
    'ensemble:stack',
    'apprentice',
    'graph',
    'stranger',
    'state',
    'ensemble:average',
    'lookup',
    'suffix',
    'edit',
    'ngram',
  ];
  const load = (pool: readonly string[] = named) =>
    loadPipeline({ model: path.join(folder, 'chief'), bundled: models, pool, threads: 1 });

  before(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'slipstream-beside-'));
    const put = (name: string, from: string, card?: string) => {
      cpSync(from, path.join(folder, name), { recursive: true });
      if (card !== undefined) writeFileSync(path.join(folder, name, 'slipstream.json'), card);
    };
    put('chief', path.join(fixtures, 'gqa'));
    // A draft that lives in its target's folder.
    put('chief/draft', path.join(root, 'test', 'fixtures', 'state'));
    put('apprentice', path.join(fixtures, 'small'), '{"role": "draft", "languages": ["javascript"]}');
    put('graph', path.join(fixtures, 'gqa'), '{"role": "draft"}');
    put('neighbour', path.join(fixtures, 'gqa'));
    put('stranger', path.join(models, 'target'), '{"role": "draft"}');
    rmSync(path.join(folder, 'stranger', 'manifest.json'));
    put('ruin', path.join(fixtures, 'small'), '{"role": "draft"');
    writeFileSync(path.join(folder, 'notes.txt'), 'a file among folders');
    pipeline = await load();
  });
  after(async () => {
    await pipeline.dispose();
    rmSync(folder, { recursive: true });
  });

  const run = (policy: string, prefix: string) =>
    complete(
      pipeline,
      {
        path: 'add.js',
        language: 'javascript',
        prefix,
        suffix: '',
        singleLine: false,
        maxTokens: 24,
      },
      {
        policy: policyOf(policy, pipeline),
        signal: new AbortController().signal,
        onPieces: () => undefined,
      },
    );

  test('finds those with the card of a draft, whatever their vocabulary, and says why others are left out', () => {
    const ids = pipeline.drafts.map(({ id }) => id);
    for (const id of ['apprentice', 'graph', 'stranger', 'state', 'suffix', 'ngram'])
      assert.ok(ids.includes(id), id);
    for (const id of ['chief', 'neighbour', 'tiny', 'ruin']) assert.ok(!ids.includes(id), id);
    assert.ok(pipeline.loaded.drafts.some(({ id, loaded }) => id === 'tiny' && !loaded));
    const [ruin, ...more] = pipeline.loaded.notices;
    assert.match(ruin!, /^Draft ruin is left out: .*slipstream\.json cannot be used/);
    assert.deepEqual(more, []);
    assert.deepEqual(pipeline.loaded.problems, []);
    for (const id of ['apprentice', 'stranger', 'state']) {
      assert.ok(pipeline.costs.drafts[id], 'what its guesses cost was measured');
      assert.ok(pipeline.loaded.drafts.some((facts) => facts.id === id && facts.bytes! > 1000));
    }
  });

  test('writes the same text whoever drafts, and their guesses are right', async () => {
    const arms = [
      'apprentice@1',
      'apprentice@6',
      'graph@4',
      'stranger@4',
      'state@1',
      'state@5',
      'ngram@3',
      'ensemble:stack@6',
      'ensemble:average@4',
      'rule',
      'suffix',
    ];
    const accepted = new Map<string, number>();
    let stated = 0;
    for (const prefix of [PREFIX, PREFIX.slice(0, 20), 'const value = add(1, 2);\n']) {
      const { text, ids, finish } = await run('none', prefix);
      for (const arm of arms) {
        const result = await run(arm, prefix);
        assert.deepEqual([result.text, result.ids, result.finish], [text, ids, finish], `${arm}: ${prefix}`);
        accepted.set(arm, (accepted.get(arm) ?? 0) + result.accepted);
        if (arm.startsWith('state')) stated += result.drafted;
      }
    }
    assert.ok(stated > 30, 'the target tells its states, and the draft guesses from them');
    assert.ok(accepted.get('graph@4')! > 30, `right: ${JSON.stringify([...accepted])}`);
    assert.ok(accepted.get('apprentice@1')! > 5, `right: ${JSON.stringify([...accepted])}`);
  });

  test('are not loaded beside a target so quick, where none is named', async () => {
    const quick = await load([]);
    try {
      assert.ok(!quick.drafts.some(({ id }) => quick.costs.drafts[id]));
      assert.ok(quick.loaded.drafts.some(({ id, loaded }) => id === 'apprentice' && !loaded));
    } finally {
      await quick.dispose();
    }
  });

  test('loads only those of the pool, and still names the others', async () => {
    const some = await load(['suffix', 'graph']);
    try {
      assert.deepEqual(some.drafts.map(({ id }) => id).sort(), ['graph', 'suffix']);
      assert.ok(some.loaded.drafts.some(({ id, loaded }) => id === 'apprentice' && !loaded));
    } finally {
      await some.dispose();
    }
  });
});
