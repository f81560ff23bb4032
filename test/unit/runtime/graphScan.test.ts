import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { UserError } from '../../../src/errors.ts';
import { requireContained, requireOwnWeights } from '../../../src/runtime/contained.ts';
import { field } from '../../../src/runtime/graphBytes.ts';
import { scanGraph } from '../../../src/runtime/graphScan.ts';

const entry = (key: string, value: string) => field(13, field(1, key), field(2, value));
const graphOf = (...entries: Buffer[]) => field(7, field(5, ...entries));
const namesIn = (graph: Buffer) => [...scanGraph(graph).weightFiles];

describe('the files that a graph names', () => {
  test('are its locations alone, in whatever order key and value stand', () => {
    const turned = field(13, field(2, 'turned'), field(1, 'location'));
    const graph = graphOf(entry('offset', '4096'), entry('location', 'a'), turned, entry('length', '8'));
    assert.deepEqual(namesIn(graph), ['a', 'turned']);
    assert.deepEqual(namesIn(graphOf(entry('location', 'a'), entry('location', 'a'))), ['a']);
    assert.deepEqual(namesIn(Buffer.alloc(0)), []);
  });

  test('are found without a value too, so that nobody takes them for absent', () => {
    assert.deepEqual(namesIn(graphOf(field(13, field(1, 'location')))), ['']);
  });

  test('are not taken from where no tensor stands', () => {
    // A graph's name and a field that nobody knows, with the bytes of an entry in them.
    const inside = field(5, entry('location', 'no'));
    assert.deepEqual(namesIn(field(7, field(2, inside), field(99, inside))), []);
    assert.deepEqual(namesIn(field(9, inside)), []);
  });

  test('lie behind numbers of every kind', () => {
    const numbers = Buffer.from([
      ...[0x08, 0xff, 0x01], // field 1, a number of two bytes
      ...[0x11, 1, 2, 3, 4, 5, 6, 7, 8], // field 2, eight bytes
      ...[0x1d, 1, 2, 3, 4], // field 3, four bytes
    ]);
    assert.deepEqual(namesIn(Buffer.concat([numbers, graphOf(entry('location', 'a'))])), ['a']);
  });

  test('stand beside the windows that its attention keeps', () => {
    const attribute = (name: string, value: readonly number[]) =>
      field(5, field(1, name), Buffer.from([0x18, ...value]));
    const node = (...attributes: Buffer[]) => field(1, ...attributes);
    const graph = (...nodes: Buffer[]) => field(7, ...nodes);
    const without = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    const nodes = [
      node(attribute('num_heads', [7]), attribute('local_window_size', [0x80, 0x04])),
      node(attribute('local_window_size', without)),
      node(attribute('local_window_size', [24])),
    ];
    assert.deepEqual([...scanGraph(graph(...nodes)).windows], [512, 24]);
    assert.deepEqual([...scanGraph(graph(nodes[1]!)).windows], []);
  });

  test('are refused in what is no graph, ends too early or nests too deep', () => {
    const nested = (depth: number) => {
      let graph: Buffer = field(5, entry('location', 'deep'));
      // A graph in an attribute of a node.
      for (let i = 0; i < depth; i++) graph = field(1, field(5, field(6, graph)));
      return field(7, graph);
    };
    assert.deepEqual(namesIn(nested(15)), ['deep']);
    assert.throws(() => namesIn(nested(40)), /it nests too deep/);
    assert.throws(() => namesIn(Buffer.from([0x0b])), /it is no graph/);
    const cut = [
      [0x3a, 0x05, 0x00],
      [0x08, 0x80],
      [0x11, 1],
      [0x3a, ...new Array<number>(12).fill(0xff)],
    ];
    for (const bytes of cut)
      assert.throws(() => namesIn(Buffer.from(bytes)), /it ends too early/, bytes.join());
  });
});

describe('what a folder holds and names', () => {
  let top: string;
  let folder: string;
  before(() => {
    top = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'slipstream-own-')));
    folder = path.join(top, 'model');
    for (const place of ['model/onnx/parts', 'model-2'])
      mkdirSync(path.join(top, place), { recursive: true });
    for (const name of ['model/onnx/parts/w', 'model/onnx/..w', 'model-2/w', 'w']) {
      writeFileSync(path.join(top, name), '');
    }
  });
  after(() => rmSync(top, { recursive: true }));

  const outside = (named: string) => (error: unknown) => {
    assert.ok(error instanceof UserError);
    assert.equal(error.reason, 'model-outside');
    assert.ok(error.message.includes(` leads out of its model folder, to ${named}. `), error.message);
    return true;
  };
  const own = (location: string) => requireOwnWeights(folder, path.join(folder, 'onnx', 'm.onnx'), location);

  test('are good in folders of its own, under odd names, and where nothing is there', async () => {
    for (const location of ['parts/w', './parts/w', '..w', 'missing', 'parts\\w']) await own(location);
    await requireContained(folder);
    await requireContained(path.join(top, 'nowhere'));
  });

  test('are refused by name where they lead out, and with a zero byte', async () => {
    for (const location of ['../../w', 'parts/../../../w', 'a\0b', '', '\\\\host\\w', 'D:/w'])
      await assert.rejects(own(location), outside(location), JSON.stringify(location));
  });

  test('are refused in a folder beside it whose name begins alike', async () => {
    const link = path.join(folder, 'onnx', 'linked');
    symlinkSync(path.join(top, 'model-2', 'w'), link);
    try {
      await assert.rejects(own('linked'), outside(path.join(top, 'model-2', 'w')));
      await assert.rejects(requireContained(folder), outside(path.join(top, 'model-2', 'w')));
    } finally {
      rmSync(link);
    }
  });

  test('are its own where the folder itself is reached by a link', async () => {
    const alias = path.join(top, 'alias');
    symlinkSync(folder, alias);
    symlinkSync('parts/w', path.join(folder, 'onnx', 'within'));
    await requireContained(alias);
    await requireOwnWeights(alias, path.join(alias, 'onnx', 'm.onnx'), 'parts/w');
  });

  test('are not looked for where a file has the name of a folder', async () => {
    mkdirSync(path.join(top, 'flat'));
    writeFileSync(path.join(top, 'flat', 'onnx'), '');
    await requireContained(path.join(top, 'flat'));
  });
});
