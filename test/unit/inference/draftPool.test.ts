import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { SuffixIndex } from '../../../src/engine/drafts/copying/suffixIndex.ts';
import { loadDrafts, type PoolOptions, unknownDraft } from '../../../src/inference/draftPool.ts';
import type { OpenTarget } from '../../../src/inference/openTarget.ts';
import { openModelFolder } from '../../../src/runtime/modelFolder.ts';
import { Tokenizer } from '../../../src/runtime/tokenizer.ts';
import { root } from '../../toy/bundled.ts';

const fixture = path.join(root, 'test', 'fixtures', 'models', 'gqa');

let top: string;
before(() => {
  top = mkdtempSync(path.join(os.tmpdir(), 'slipstream-pool-'));
});
after(() => rmSync(top, { recursive: true }));

let places = 0;
/** The pool beside a target that lies alone in a folder; `prepare` puts others around it. */
async function poolOf(
  options: Partial<PoolOptions> = {},
  prepare: (bundled: string, around: string) => void = () => undefined,
  millis = 1,
) {
  const around = path.join(top, String(places++));
  const bundled = path.join(around, 'bundled');
  mkdirSync(bundled, { recursive: true });
  cpSync(fixture, path.join(around, 'target'), { recursive: true });
  prepare(bundled, around);
  const folder = await openModelFolder(path.join(around, 'target'));
  const passes = { widths: [2, 4], contexts: [0], millis: [[millis, millis]] };
  const opened = { folder, passes, target: {} } as unknown as OpenTarget;
  const notices: string[] = [];
  const tokenizer = await Tokenizer.load(folder);
  const pool = await loadDrafts(
    opened,
    tokenizer,
    new SuffixIndex(),
    { bundled, pool: [], ...options },
    notices,
  );
  await pool.dispose();
  return { pool, notices, ids: pool.drafts.map(({ id }) => id) };
}

const COPYING = ['lookup', 'suffix', 'edit'];
/** Those that are known beside any target. */
const KNOWN = [...COPYING, 'ensemble:vote'];
/** A folder that a card makes a draft. */
function putDraft(place: string): void {
  cpSync(fixture, place, { recursive: true });
  writeFileSync(path.join(place, 'slipstream.json'), JSON.stringify({ role: 'draft', description: 'a toy' }));
}

describe('the drafts beside a target', () => {
  test('are those that copy where nothing else is there', async () => {
    const { pool, notices, ids } = await poolOf();
    assert.deepEqual([ids, notices, pool.problems], [COPYING, [], []]);
    assert.deepEqual(
      pool.facts.map(({ id, loaded, kind }) => [id, loaded, kind]),
      KNOWN.map((id) => [id, true, id === 'ensemble:vote' ? 'ensemble' : 'copy']),
    );
    assert.deepEqual(
      pool.draftsByName.map(({ id }) => id),
      ['ensemble:vote'],
    );
  });

  test('are those that the pool names, and the others are told of as not loaded', async () => {
    const { pool, ids } = await poolOf({ pool: ['edit'] });
    assert.deepEqual(ids, ['edit']);
    assert.deepEqual(
      pool.facts.filter(({ loaded }) => loaded).map(({ id }) => id),
      ['edit'],
    );
    assert.equal(pool.facts.length, KNOWN.length);
  });

  test('do without a name that nothing has, and a pool of such names alone is all of them', async () => {
    const some = await poolOf({ pool: ['edit', 'nonsense'] });
    assert.deepEqual(some.ids, ['edit']);
    assert.deepEqual(some.pool.problems, [
      'There is no draft «nonsense». Choose among: lookup, suffix, edit, ensemble:vote. It is left out of the pool.',
    ]);
    const none = await poolOf({ pool: ['nonsense', 'more'] });
    assert.deepEqual(none.ids, COPYING);
    assert.equal(none.pool.problems.length, 3);
    assert.equal(none.pool.problems[2], 'So all drafts are used.');
  });

  test('are refused where such a name must be right', async () => {
    await assert.rejects(poolOf({ pool: ['edit', 'nonsense'], strict: true }), {
      name: 'UserError',
      reason: 'unknown-draft',
      message: unknownDraft('nonsense', KNOWN).message,
    });
  });
});

describe('neural drafts', () => {
  const beside = (_: string, around: string) => putDraft(path.join(around, 'little'));

  test('are not loaded beside a target that is quick itself, unless the pool names them', async () => {
    const quick = await poolOf({}, beside);
    assert.deepEqual(quick.ids, COPYING);
    assert.equal(quick.pool.facts.find(({ id }) => id === 'little')?.loaded, false);
    const named = await poolOf({ pool: ['little'] }, beside);
    assert.deepEqual(named.ids, ['little']);
    assert.ok(named.pool.times.little!.token > 0);
    assert.ok(named.pool.facts.find(({ id }) => id === 'little')!.bytes! > 0);
    const slow = await poolOf({}, beside, 50);
    assert.deepEqual(slow.ids, [...COPYING, 'little']);
  });

  test('that cannot be used are left out with a notice, the small bundled model too', async () => {
    for (const name of ['drafts/broken', 'target']) {
      const { ids, notices, pool } = await poolOf({}, (bundled) => {
        const place = path.join(bundled, name);
        putDraft(place);
        writeFileSync(path.join(place, 'config.json'), '{');
      });
      assert.deepEqual(ids, COPYING);
      assert.equal(notices.length, 1);
      assert.match(notices[0]!, /^Draft (broken|tiny) is left out: .*config\.json.*\.$/);
      assert.equal(pool.facts.length, KNOWN.length);
    }
  });

  test('are looked for in folders alone: what cannot be listed is told of and holds none', async () => {
    const { ids, notices } = await poolOf({}, (bundled) => writeFileSync(path.join(bundled, 'drafts'), ''));
    assert.deepEqual(ids, COPYING);
    assert.equal(notices.length, 1);
    assert.match(notices[0]!, /^No drafts are looked for: .*drafts cannot be read: .*\.$/);
  });

  test('of one id are one, the one beside the target', async () => {
    const { pool } = await poolOf({}, (bundled, around) => {
      beside(bundled, around);
      putDraft(path.join(bundled, 'drafts', 'little'));
      putDraft(path.join(bundled, 'target'));
    });
    assert.deepEqual(
      pool.facts.map(({ id }) => id),
      [...KNOWN, 'little', 'tiny'],
    );
  });
});
