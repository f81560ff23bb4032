import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BranchRates, bestNodes, rightIn, treeOf } from '../../../bench/trees/tree.ts';

const saying = (id: string, tokens: readonly number[]) => ({
  id,
  match: 1,
  tokens,
  probabilities: undefined,
});
const PROPOSALS = [saying('a', [1, 2, 3]), saying('b', [1, 4]), saying('c', [5]), saying('d', [1, 4, 6])];

test('a tree holds what several drafts say once, and knows who left the trunk where', () => {
  const nodes = treeOf(PROPOSALS);
  assert.deepEqual(
    nodes.map(({ token, depth, draft, forked }) => [token, depth, draft, forked]),
    [
      [1, 0, 'a', -1],
      [2, 1, 'a', -1],
      [3, 2, 'a', -1],
      [4, 1, 'b', 1],
      [5, 0, 'c', 0],
      [6, 2, 'd', 1],
    ],
  );
});

test('the best branch counts, and only as far as all above it are there', () => {
  const nodes = treeOf(PROPOSALS);
  assert.equal(rightIn(nodes, [1, 4, 6, 9], 0), 3);
  assert.equal(rightIn(nodes, [0, 5, 2], 1), 1);
  assert.equal(rightIn(nodes, [2, 3], 0), 0);
});

test('nodes are taken while they bring more than they take, and never without the one above', () => {
  const nodes = treeOf(PROPOSALS);
  for (const node of nodes) node.chance = [0.9, 0.3, 0.1, 0.5, 0.05, 0.4][nodes.indexOf(node)]!;
  const taken = (price: number) => bestNodes(nodes, (rows) => rows, price, 9).nodes.map(({ token }) => token);
  assert.deepEqual(taken(0.35), [1, 4, 6]);
  assert.deepEqual(taken(0.01), [1, 4, 6, 2, 3, 5]);
  assert.deepEqual(taken(0.95), []);
  assert.equal(bestNodes(nodes, (rows) => rows, 0.01, 2).nodes.length, 2);
});

test('chances of branches are those that were counted, and low where little was', () => {
  const nodes = treeOf(PROPOSALS);
  const [branch, root] = [nodes[3]!, nodes[4]!];
  const trunk = [0.8, 0.2, 0.1];
  const rates = new BranchRates();
  for (let i = 0; i < 400; i++) rates.observe(branch, trunk, i % 4 === 0);
  rates.observe(root, trunk, true);
  assert.ok(Math.abs(rates.chance(branch, trunk) - 0.25) < 0.01);
  assert.equal(rates.chance(root, trunk), 0.2);
  assert.equal(rates.chance(branch, [0.8, 0.75, 0.1]), 0);
});
