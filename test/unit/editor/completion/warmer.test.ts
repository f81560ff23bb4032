import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Warmer } from '../../../../src/editor/completion/warmer.ts';
import type { CompletionContext } from '../../../../src/suggestion/context.ts';
import { drawn } from '../../suggestion/drawing.ts';

function warmerAt(drawing: string) {
  mock.timers.enable({ apis: ['setTimeout'] });
  const warmed: string[] = [];
  let place: CompletionContext | undefined = drawn(drawing);
  const warmer = new Warmer({ place: () => place, warm: ({ prefix }) => warmed.push(prefix), rest: 100 });
  const show = (next: string | undefined) => {
    place = next === undefined ? undefined : drawn(next);
    warmer.touch();
  };
  return {
    warmer,
    warmed,
    show,
    tick: (millis: number) => mock.timers.tick(millis),
    end: () => mock.timers.reset(),
  };
}

test('the worker reads in advance once, where the cursor has come to rest', () => {
  const { warmer, warmed, show, tick, end } = warmerAt('a = █');
  warmer.touch();
  tick(60);
  show('a = b█');
  tick(60);
  assert.deepEqual(warmed, []);
  tick(60);
  assert.deepEqual(warmed, ['a = b']);
  warmer.touch();
  tick(200);
  assert.equal(warmed.length, 1, 'the same place twice');
  end();
});

test('nothing is read where nothing may be suggested, nor after the end', () => {
  const { warmer, warmed, show, tick, end } = warmerAt('a = █');
  show(undefined);
  tick(200);
  show('b = █');
  warmer.dispose();
  tick(200);
  assert.deepEqual(warmed, []);
  end();
});

test('a worker that has been started anew reads the same place again', () => {
  const { warmer, warmed, tick, end } = warmerAt('a = █');
  warmer.touch();
  tick(200);
  warmer.reset();
  tick(200);
  assert.deepEqual(warmed, ['a = ', 'a = ']);
  end();
});
