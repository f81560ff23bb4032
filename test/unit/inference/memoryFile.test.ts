import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { EVIDENCE_FEATURES } from '../../../src/engine/memory/evidence.ts';
import { UserError } from '../../../src/errors.ts';
import { MEMORY_VERSION, type MemoryFile, readMemoryFile } from '../../../src/inference/memoryFile.ts';
import { seededRandom } from '../../../src/measure/statistics.ts';
import { Network } from '../../../src/selection/network.ts';
import { models } from '../../toy/bundled.ts';

let folder: string;
before(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'slipstream-memory-'));
});
after(() => rmSync(folder, { recursive: true }));

const network = (sizes: readonly number[]) => Network.random(sizes, seededRandom(1)).toWeights();
const good: MemoryFile = {
  format: 'slipstream-memory',
  version: MEMORY_VERSION,
  trainedOn: { model: 'toy', places: 3, tokens: 7 },
  network: network([EVIDENCE_FEATURES, 4, 1]),
};

function fileOf(content: unknown): string {
  const file = path.join(folder, 'memory.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

describe('the weights of the workspace memory', () => {
  test('are read as they were written, the bundled ones too', async () => {
    assert.deepEqual(await readMemoryFile(fileOf(good)), good);
    const { network: bundled } = await readMemoryFile(path.join(models, 'memory', 'memory.json'));
    assert.equal(bundled.sizes[0], EVIDENCE_FEATURES);
  });

  const bad: Readonly<Record<string, readonly [unknown, string, RegExp]>> = {
    'are cut off': [JSON.stringify(good).slice(0, 200), 'memory-broken', /JSON/],
    'are empty': ['', 'memory-broken', /JSON/],
    'are something else': [{ name: 'slipstream' }, 'memory-broken', /format/],
    'are of another version': [{ ...good, version: 99 }, 'memory-version', /99/],
    'take other numbers': [
      { ...good, network: network([EVIDENCE_FEATURES + 1, 4, 1]) },
      'memory-broken',
      /not from \d+ numbers to 1/,
    ],
    'miss some': [
      { ...good, network: { ...good.network, layers: [[1, 2], ...good.network.layers.slice(1)] } },
      'memory-broken',
      /sizes/,
    ],
    'hold no numbers': [
      { ...good, network: { ...good.network, layers: [['x']] } },
      'memory-broken',
      /network\.layers/,
    ],
  };
  for (const [what, [content, reason, detail]] of Object.entries(bad)) {
    test(`say in one sentence that they ${what}`, async () => {
      await assert.rejects(readMemoryFile(fileOf(content)), (error) => {
        assert.ok(error instanceof UserError);
        assert.equal(error.reason, reason);
        assert.match(error.message, detail);
        assert.match(error.message, /^The memory weights .*\.$/);
        return true;
      });
    });
  }

  test('say in one sentence that they are not there', async () => {
    await assert.rejects(
      readMemoryFile(path.join(folder, 'nothing.json')),
      /cannot be read: it is not there\./,
    );
  });
});
