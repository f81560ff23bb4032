import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Assistant, loadAssistant } from '../../src/service/assistant.ts';
import { complete } from '../../src/service/jobs.ts';
import { policyOf } from '../../src/service/policies.ts';
import { models, root } from '../toy/bundled.ts';

/**
 * Small models that stand beside a target: `apprentice` and `graph` have the target's own weights, so nearly all that they guess is
 * right; `stranger` has another vocabulary and `ruin` is broken.
 */

const fixtures = path.join(root, 'test', 'fixtures', 'models');
const PREFIX = 'function add(left, right) {\n  return left + right;\n}\n';

describe('a target with neural drafts beside it', () => {
  let folder: string;
  let assistant: Assistant;
  const load = (pool: readonly string[] = []) =>
    loadAssistant({ model: path.join(folder, 'chief'), bundled: models, pool, threads: 1 });

  before(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'slipstream-beside-'));
    const put = (name: string, from: string, card?: string) => {
      cpSync(from, path.join(folder, name), { recursive: true });
      if (card !== undefined) writeFileSync(path.join(folder, name, 'slipstream.json'), card);
    };
    put('chief', path.join(fixtures, 'gqa'));
    put('apprentice', path.join(fixtures, 'small'), '{"role": "draft", "languages": ["javascript"]}');
    put('graph', path.join(fixtures, 'gqa'), '{"role": "draft"}');
    put('neighbour', path.join(fixtures, 'gqa'));
    put('stranger', path.join(models, 'target'), '{"role": "draft"}');
    put('ruin', path.join(fixtures, 'small'), '{"role": "draft"');
    writeFileSync(path.join(folder, 'notes.txt'), 'a file among folders');
    assistant = await load();
  });
  after(async () => {
    await assistant.dispose();
    rmSync(folder, { recursive: true });
  });

  const run = (policy: string, prefix: string) =>
    complete(
      assistant,
      {
        path: 'add.js',
        language: 'javascript',
        prefix,
        suffix: '',
        singleLine: false,
        maxTokens: 24,
      },
      {
        policy: policyOf(policy, assistant),
        signal: new AbortController().signal,
        onPieces: () => undefined,
      },
    );

  test('finds those with the card of a draft and the same vocabulary, and says why others are left out', () => {
    const ids = assistant.drafts.map(({ id }) => id);
    for (const id of ['apprentice', 'graph', 'suffix']) assert.ok(ids.includes(id), id);
    for (const id of ['chief', 'neighbour', 'stranger', 'ruin']) assert.ok(!ids.includes(id), id);
    const [table, ruin, stranger, ...more] = [...assistant.notices].sort();
    assert.match(table!, /^Draft ngram is left out: .* was made for another vocabulary/);
    assert.match(ruin!, /^Draft ruin is left out: .*slipstream\.json cannot be used/);
    assert.equal(stranger, 'Draft stranger is left out: its vocabulary is not that of chief.');
    assert.deepEqual(more, []);
    assert.deepEqual(assistant.problems, []);
    assert.ok(assistant.costs.drafts.apprentice, 'what its guesses cost was measured');
  });

  test('writes the same text whoever drafts, and their guesses are right', async () => {
    const arms = ['apprentice@1', 'apprentice@6', 'graph@4', 'ensemble:average@4', 'rule', 'suffix'];
    const accepted = new Map<string, number>();
    for (const prefix of [PREFIX, PREFIX.slice(0, 20), 'const value = add(1, 2);\n']) {
      const { text, ids, finish } = await run('none', prefix);
      for (const arm of arms) {
        const result = await run(arm, prefix);
        assert.deepEqual([result.text, result.ids, result.finish], [text, ids, finish], `${arm}: ${prefix}`);
        accepted.set(arm, (accepted.get(arm) ?? 0) + result.accepted);
      }
    }
    assert.ok(accepted.get('graph@4')! > 30, `right: ${JSON.stringify([...accepted])}`);
    assert.ok(accepted.get('apprentice@1')! > 5, `right: ${JSON.stringify([...accepted])}`);
  });

  test('loads only those of the pool, and still names the others', async () => {
    const some = await load(['suffix', 'graph']);
    try {
      assert.deepEqual(some.drafts.map(({ id }) => id).sort(), ['graph', 'suffix']);
      assert.ok(some.facts.some(({ id, loaded }) => id === 'apprentice' && !loaded));
    } finally {
      await some.dispose();
    }
  });
});
