import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type FaultyLoad, type FaultyRequest, loadWithFaults } from '../../load/remote.ts';
import { reportOf } from '../../load/remoteReport.ts';
import type { ServerFault } from '../../toy/completionServer.ts';

/** A slice of what `test/load/remoteRun.ts` does: no request is lost, none is answered twice, and no text comes twice. */

/** What has to come of a request that is not given up: told without a look at the code, from what the server does. */
function expected(faults: readonly ServerFault[]): {
  type: 'done' | 'failed';
  begun: boolean;
  asked: number;
} {
  for (let asked = 1; asked <= 3; asked++) {
    const fault = faults[asked - 1];
    if (!fault) return { type: 'done', begun: false, asked };
    const begun = 'after' in fault && fault.after > 0;
    const passing =
      (fault.kind === 'status' && (fault.status >= 500 || fault.status === 429)) ||
      ['reset', 'cut', 'malformed'].includes(fault.kind);
    const waits = fault.kind === 'status' && fault.headers?.['retry-after'] === '30';
    if (begun || !passing || waits || asked === 3) return { type: 'failed', begun, asked };
  }
  throw new Error('unreachable');
}

describe('two hundred requests to a server that fails at random', () => {
  let load: FaultyLoad;
  before(async () => {
    load = await loadWithFaults(200, 7);
  });
  const each = (look: (request: FaultyRequest) => unknown) => {
    for (const request of load.requests) look(request);
  };

  test('each has one end, and all ends of a kind occur', () => {
    assert.deepEqual(
      load.requests.map(({ id }) => id).sort((a, b) => a - b),
      [...Array(200).keys()],
    );
    const kinds = new Set(load.requests.map(({ end }) => end.type));
    assert.deepEqual([...kinds].sort(), ['cancelled', 'done', 'failed']);
  });

  test('a text is handed over whole and once, or as far as it came', () => {
    each(({ id, end, handed, wanted }) => {
      if (end.type === 'done') {
        assert.equal(end.text, wanted, `request ${id}`);
        assert.equal(handed, wanted, `request ${id}`);
      } else assert.ok(wanted.startsWith(handed), `request ${id}: ${handed}`);
      if (end.type === 'failed') assert.equal(handed !== '', end.begun, `request ${id}`);
    });
  });

  test('what ends how follows from what the server did, and it is asked no more often than that takes', () => {
    each(({ id, end, faults, asked, givenUpAfter }) => {
      const wanted = expected(faults);
      assert.ok(asked <= wanted.asked, `request ${id} was sent ${asked} times: ${JSON.stringify(faults)}`);
      if (givenUpAfter !== undefined) return;
      const { type, begun = false } = { begun: false, ...end };
      // Who is given up before it has said a word may not even have heard the request.
      const heard = end.type === 'failed' && end.failure.reason === 'remote-slow' ? wanted.asked : asked;
      assert.deepEqual({ type, begun, asked: heard }, wanted, `request ${id}: ${JSON.stringify(faults)}`);
    });
  });

  test('the server writes for nobody any more', () => assert.equal(load.busy, 0));

  test('is told in numbers, what is amiss among them', () => {
    const { ends, lost, doubled, wrong, here, busy, freed } = reportOf(load, 200);
    assert.deepEqual({ lost, doubled, wrong, busy }, { lost: 0, doubled: 0, wrong: 0, busy: 0 });
    assert.equal(
      Object.values(ends).reduce((a, b) => a + b),
      200,
    );
    assert.ok(here > 10 && freed.requests > 0, JSON.stringify({ here, freed }));
    // A slow machine may take its time; far more than that would be an answer written to its end.
    assert.ok(freed.max < 1000, `${freed.max}`);
    const [first, second, ...others] = load.requests;
    const broken = { busy: 0, requests: [first!, first!, { ...second!, handed: 'odd' }, ...others.slice(1)] };
    const amiss = reportOf(broken, 200);
    assert.deepEqual([amiss.lost, amiss.doubled, amiss.wrong], [1, 1, 1]);
  });
});
