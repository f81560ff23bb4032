import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { GraphBuilder, MICROSOFT } from '../../../src/graphs/graphBuilder.ts';
import { loadOnnxRuntime } from '../../../src/runtime/onnx.ts';

/** What is written is what ONNX Runtime itself reads and computes. */

const folder = mkdtempSync(path.join(os.tmpdir(), 'slipstream-graphs-'));
after(() => rmSync(folder, { recursive: true }));

/** The numbers that `y` has for `x`. */
async function computed(graph: GraphBuilder, x: readonly number[], dims = [x.length]): Promise<number[]> {
  const { InferenceSession, Tensor } = await loadOnnxRuntime();
  const file = path.join(folder, 'graph.onnx');
  writeFileSync(file, graph.finish('toy'));
  const session = await InferenceSession.create(file, { intraOpNumThreads: 1, logSeverityLevel: 4 });
  try {
    const { y } = await session.run({ x: new Tensor('float32', Float32Array.from(x), dims) });
    return Array.from(y!.data as Float32Array, Number);
  } finally {
    await session.release();
  }
}

/** A graph of one input, whose output is what `add` names. */
function graphOf(dims: readonly (number | string)[], add: (graph: GraphBuilder) => string): GraphBuilder {
  const graph = new GraphBuilder();
  graph.input('x', 'float', dims);
  graph.node('Identity', [add(graph)], {}, 'y');
  graph.output('y', 'float', dims);
  return graph;
}

describe('a graph that was built', () => {
  test('computes with constants, in any length where a side has a name', async () => {
    const graph = graphOf(['length'], (g) =>
      g.node('Add', [g.node('Mul', ['x', g.number(0.5)]), g.number(-3)]),
    );
    assert.deepEqual(await computed(graph, [2, 4, 6]), [-2, -1, 0]);
    assert.deepEqual(await computed(graph, [8]), [1]);
  });

  test('takes a length that was fixed and no other', async () => {
    const graph = graphOf([3], (g) => g.node('Neg', ['x']));
    assert.deepEqual(await computed(graph, [1, 2, 3]), [-1, -2, -3]);
    await assert.rejects(computed(graph, [1, 2]), /dimension/i);
  });

  test('has attributes of every kind: whole, fractions, lists and texts', async () => {
    const leaky = graphOf(['n'], (g) =>
      g.node('LeakyRelu', ['x'], { attributes: { alpha: { float: 0.25 } } }),
    );
    assert.deepEqual(await computed(leaky, [-4, 4]), [-1, 4]);
    const turned = graphOf([2, 2], (g) => g.node('Transpose', ['x'], { attributes: { perm: [1, 0] } }));
    assert.deepEqual(await computed(turned, [1, 2, 3, 4], [2, 2]), [1, 3, 2, 4]);
    const rounded = graphOf([2, 2], (g) => {
      const options = { attributes: { axis: -1 } };
      return g.node('Mul', [g.node('Softmax', ['x'], options), g.number(2)]);
    });
    assert.deepEqual(await computed(rounded, [5, 5, -1, -1], [2, 2]), [1, 1, 1, 1]);
    const summed = graphOf([2], (g) => g.node('Einsum', ['x'], { attributes: { equation: 'i->i' } }));
    assert.deepEqual(await computed(summed, [7, 8]), [7, 8]);
  });

  test('has an attribute of nothing, which is another than none', async () => {
    const graph = graphOf([2, 2], (g) => g.node('Softmax', ['x'], { attributes: { axis: 0 } }));
    assert.deepEqual(await computed(graph, [1, 9, 1, 9], [2, 2]), [0.5, 0.5, 0.5, 0.5]);
  });

  test('has nodes with several outputs, and leaves out those without a name', async () => {
    const split = graphOf(['n'], (g) => {
      g.nodeOf('Split', ['x', g.integers([1, 2])], ['a', 'b'], { attributes: { axis: 0 } });
      return g.node('Concat', ['b', 'a'], { attributes: { axis: 0 } });
    });
    assert.deepEqual(await computed(split, [1, 2, 3]), [2, 3, 1]);
    const norm = graphOf([1, 1, 2], (g) => {
      const one = g.weight('one', 'float', [2], Float32Array.of(1, 1));
      g.nodeOf('SkipSimplifiedLayerNormalization', ['x', 'x', one], ['n', '', '', 'sum'], {
        domain: MICROSOFT,
        attributes: { epsilon: { float: 1e-5 } },
      });
      return 'sum';
    });
    assert.deepEqual(await computed(norm, [3, 4], [1, 1, 2]), [6, 8]);
  });
});

describe('weights of a graph', () => {
  test('are whole numbers of any sign and size, lists or one alone', async () => {
    const graph = graphOf(['n'], (g) => {
      const rows = g.node('Reshape', ['x', g.integers([-1, 2])]);
      const last = g.node('Gather', [rows, g.integers([1], [])], { attributes: { axis: 0 } });
      const most = g.weight('most', 'int64', [1], BigInt64Array.of(2n ** 63n - 1n));
      return g.node('Slice', [last, g.integers([0]), most, g.integers([0])]);
    });
    assert.deepEqual(await computed(graph, [1, 2, 3, 4]), [3, 4]);
  });

  test('stand in the graph once, however often they are named', async () => {
    const graph = new GraphBuilder();
    assert.equal(graph.integers([1, 2]), graph.integers([1, 2]));
    assert.equal(graph.number(0.5), graph.number(0.5));
    const once = graph.finish('toy').length;
    graph.weight('f_0.5', 'float', [], Float32Array.of(0.5));
    assert.equal(graph.finish('toy').length, once);
    const names = [graph.integers([1]), graph.integers([1], []), graph.integers([1, 1]), graph.number(1)];
    assert.equal(new Set(names).size, names.length, 'what differs has another name');
  });

  test('are only that part of a buffer which they look at', async () => {
    const part = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
    const graph = graphOf([2], (g) => g.node('Add', ['x', g.weight('w', 'float', [2], part)]));
    assert.deepEqual(await computed(graph, [10, 20]), [11, 22]);
  });

  test('are read from a file beside the graph, at their place there', async () => {
    const bytes = Buffer.alloc(4096 + 8);
    bytes.writeFloatLE(5, 4096);
    bytes.writeFloatLE(6, 4100);
    writeFileSync(path.join(folder, 'weights'), bytes);
    const graph = (location: string) =>
      graphOf([2], (g) => {
        const place = { location, offset: 4096, length: 8 };
        return g.node('Mul', ['x', g.external('w', 'float', [2], place)]);
      });
    assert.deepEqual(await computed(graph('weights'), [1, 10]), [5, 60]);
    await assert.rejects(computed(graph('elsewhere'), [1, 10]), /elsewhere/);
  });

  test('have the types of their elements', async () => {
    const graph = graphOf([2], (g) => {
      const cast = (name: string) => g.node('Cast', [name], { attributes: { to: 1 } });
      const all = [
        g.weight('u', 'uint8', [2], Uint8Array.of(200, 1)),
        g.weight('i', 'int8', [2], Int8Array.of(-100, 2)),
        g.weight('j', 'int32', [2], Int32Array.of(70_000, 3)),
        g.weight('b', 'bool', [2], Uint8Array.of(1, 0)),
        g.weight('h', 'float16', [2], Uint16Array.of(0x3c00, 0x4000)),
      ];
      return all.map(cast).reduce((sum, each) => g.node('Add', [sum, each]), 'x');
    });
    assert.deepEqual(await computed(graph, [0, 0]), [70_102, 8]);
  });
});
