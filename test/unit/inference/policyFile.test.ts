import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { FEATURES_BEFORE } from '../../../src/engine/policy/layout.ts';
import { GUESS_PLACES } from '../../../src/engine/policy/planner.ts';
import { requestInputs } from '../../../src/engine/policy/requestFeatures.ts';
import { POLICY_INPUTS, POLICY_OUTPUTS } from '../../../src/engine/policy/trained.ts';
import { UserError } from '../../../src/errors.ts';
import { POLICY_VERSION, type PolicyFile, readPolicyFile } from '../../../src/inference/policyFile.ts';
import { seededRandom } from '../../../src/measure/statistics.ts';
import { Network } from '../../../src/selection/network.ts';

let folder: string;
before(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'slipstream-policy-'));
});
after(() => rmSync(folder, { recursive: true }));

const good = {
  method: 'round' as const,
  format: 'slipstream-policy',
  version: POLICY_VERSION,
  trainedOn: { requests: 3, model: 'toy' },
  arms: ['suffix'],
  price: 1.4,
  network: Network.random([POLICY_INPUTS, 4, POLICY_OUTPUTS], seededRandom(1)).toWeights(),
} satisfies PolicyFile;
const network = (sizes: readonly number[]) => Network.random(sizes, seededRandom(1)).toWeights();

function fileOf(content: unknown): string {
  const file = path.join(folder, 'policy.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

describe('the file of a policy', () => {
  test('is read as it was written', async () => {
    assert.deepEqual(await readPolicyFile(fileOf(good)), good);
  });

  test('is read as it was written where it chooses once a request', async () => {
    const { format, version, trainedOn } = good;
    const actions = [{ draft: 'suffix', length: 7 }];
    const own = Network.random([requestInputs(1), 3, 1], seededRandom(2)).toWeights();
    const file: PolicyFile = {
      ...{ format, version, trainedOn, method: 'request' },
      ...{ actions, languages: ['go'], network: own },
    };
    assert.deepEqual(await readPolicyFile(fileOf(file)), file);
    await assert.rejects(readPolicyFile(fileOf({ ...file, languages: [] })), { reason: 'policy-broken' });
  });

  test('that was made before drafts that cost time were heard chooses as it did', async () => {
    const older = network([FEATURES_BEFORE, 4, GUESS_PLACES.length]);
    const file = await readPolicyFile(fileOf({ ...good, network: older }));
    const [was, is] = [new Network(older), new Network(file.network)];
    for (let at = 0; at < FEATURES_BEFORE; at += 3) was.input[at] = is.input[at] = 1;
    const outputs = Array.from(is.run());
    assert.deepEqual(outputs.slice(0, -1), Array.from(was.run()));
    assert.equal(outputs.at(-1), 0, 'it is worth nothing to it to hear one');
  });

  test('of the version before is refused in a sentence', async () => {
    const { method: _, ...old } = { ...good, version: 1 };
    await assert.rejects(readPolicyFile(fileOf(old)), (error: Error) =>
      /another version \(1, this one reads \d+\)\. Train it again\.$/.test(error.message),
    );
  });

  const text = JSON.stringify(good);
  const [first = [], ...rest] = good.network.layers;
  const bad: Readonly<Record<string, readonly [unknown, string, RegExp]>> = {
    'is cut off': [text.slice(0, 500), 'policy-broken', /JSON/],
    'is empty': ['', 'policy-broken', /JSON/],
    'is something else': [{ name: 'slipstream' }, 'policy-broken', /format/],
    'is of another version': [{ ...good, version: 99 }, 'policy-version', /99/],
    'takes other numbers': [
      { ...good, network: network([POLICY_INPUTS + 1, 4, POLICY_OUTPUTS]) },
      'policy-broken',
      new RegExp(`from ${POLICY_INPUTS + 1} numbers to`),
    ],
    'gives other numbers': [
      { ...good, network: network([POLICY_INPUTS, 4, POLICY_OUTPUTS - 1]) },
      'policy-broken',
      new RegExp(`numbers to ${POLICY_OUTPUTS - 1}, not`),
    ],
    'has a weight too few': [
      { ...good, network: { ...good.network, layers: [first.slice(1), ...rest] } },
      'policy-broken',
      /sizes/,
    ],
    'has a layer too few': [
      { ...good, network: { ...good.network, layers: [first] } },
      'policy-broken',
      /sizes/,
    ],
    'has a layer too many': [
      { ...good, network: { ...good.network, layers: [first, ...rest, [1]] } },
      'policy-broken',
      /sizes/,
    ],
    'holds what is no number': [
      { ...good, network: { ...good.network, layers: [['1', ...first.slice(1)], ...rest] } },
      'policy-broken',
      /network\.layers\.0\.0/,
    ],
    'holds nothing where a number should be': [
      { ...good, network: { ...good.network, layers: [[null, ...first.slice(1)], ...rest] } },
      'policy-broken',
      /network\.layers\.0\.0/,
    ],
    'holds a number beyond all': [text.replace(/"price":1.4/, '"price":1e999'), 'policy-broken', /price/],
    'has a price of nothing': [{ ...good, price: 0 }, 'policy-broken', /price/],
  };
  for (const [what, [content, reason, detail]] of Object.entries(bad)) {
    test(`is refused where it ${what}`, async () => {
      const file = fileOf(content);
      await assert.rejects(readPolicyFile(file), (error) => {
        assert.ok(error instanceof UserError, String(error));
        assert.equal(error.reason, reason);
        assert.match(error.message, detail);
        assert.ok(
          error.message.startsWith(`The policy ${file} `) && error.message.endsWith('Train it again.'),
        );
        assert.ok(!error.message.includes('\n'));
        return true;
      });
    });
  }

  test('is missed by name where it is not there', async () => {
    await assert.rejects(readPolicyFile(path.join(folder, 'missing.json')), { reason: 'policy-broken' });
  });
});
