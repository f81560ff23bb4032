import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { memoryWeights, policyWeights } from '../../../src/inference/learntWeights.ts';
import { root } from '../../toy/bundled.ts';

describe('what was learnt for a target', () => {
  let bundled: string;
  let problems: string[];

  beforeEach(() => {
    bundled = mkdtempSync(path.join(os.tmpdir(), 'slipstream-weights-'));
    problems = [];
    for (const part of ['policy', 'memory']) {
      cpSync(path.join(root, 'models', part), path.join(bundled, part), { recursive: true });
    }
  });

  afterEach(() => rmSync(bundled, { recursive: true }));

  const damage = (...file: string[]) => writeFileSync(path.join(bundled, ...file), '{}');

  test('a target that remembers and one that does not have a policy each', async () => {
    const remembering = await policyWeights({ bundled }, 'tiny', true, problems);
    const without = await policyWeights({ bundled }, 'tiny', false, problems);
    assert.ok(remembering && without);
    assert.notDeepEqual(remembering.network, without.network);
    assert.deepEqual(problems, []);
  });

  test('every other target has one policy, which hears drafts that cost time, and a named one serves any', async () => {
    const base = await policyWeights({ bundled }, 'base', false, problems);
    assert.deepEqual(base, await policyWeights({ bundled }, undefined, false, problems));
    assert.ok(base?.method === 'round' && base.timed?.includes('draft-code'));
    const policyFile = path.join(root, 'models/policy/policy.json');
    assert.ok(await policyWeights({ bundled, policyFile }, undefined, false, problems));
    assert.deepEqual(problems, []);
  });

  test('a bundled policy that is damaged leaves the choice to the rule, and only the damaged one', async () => {
    damage('policy', 'policy.json');
    assert.equal(await policyWeights({ bundled, strict: true }, 'tiny', true, problems), undefined);
    assert.equal(problems.length, 1);
    assert.match(problems[0]!, /policy\.json.* The rule chooses instead\.$/);
    assert.ok(await policyWeights({ bundled, strict: true }, 'tiny', false, problems));
    assert.equal(problems.length, 1);
  });

  test('a policy that was named and is not there is a problem, and a failure where wishes are strict', async () => {
    const policyFile = path.join(bundled, 'mine.json');
    assert.equal(await policyWeights({ bundled, policyFile }, 'tiny', true, problems), undefined);
    assert.match(problems.join(), /mine\.json.* The rule chooses instead\.$/);
    await assert.rejects(policyWeights({ bundled, policyFile, strict: true }, 'tiny', true, problems), {
      message: /mine\.json/,
    });
  });

  test('the workspace memory is on for the small bundled target, and as it is asked for otherwise', async () => {
    const isOn = async (target: 'tiny' | 'base' | undefined, memory?: 'auto' | 'on' | 'off') =>
      (await memoryWeights({ bundled, memory }, target, problems)) !== undefined;
    assert.deepEqual(
      [await isOn('tiny'), await isOn('tiny', 'auto'), await isOn('tiny', 'off')],
      [true, true, false],
    );
    assert.deepEqual(
      [await isOn('base'), await isOn(undefined, 'on'), await isOn('base', 'on')],
      [false, true, true],
    );
    assert.deepEqual(problems, []);
  });

  test('a memory that is damaged is off, with a problem, and a failure where it was asked for strictly', async () => {
    damage('memory', 'memory.json');
    assert.equal(await memoryWeights({ bundled, strict: true }, 'tiny', problems), undefined);
    assert.match(problems.join(), /memory\.json.* Workspace memory is off\.$/);
    await assert.rejects(memoryWeights({ bundled, memory: 'on', strict: true }, 'tiny', problems), {
      message: /memory\.json/,
    });
  });
});
