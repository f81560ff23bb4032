import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome, Source } from '../../../src/editor/completion/outcome.ts';
import { OutcomeLog } from '../../../src/editor/outcomeLog.ts';
import type { SuggestionItem } from '../../../src/suggestion/item.ts';
import { fakeLog } from '../../fakes/log.ts';

const shown = (source: Source = 'new', text = 'secret()'): Outcome => ({
  ...{ type: 'shown', source, text },
  item: { text } as unknown as SuggestionItem,
});
const failed = (reason: string, message: string): Outcome => ({ type: 'failed', reason, message });

test('each end is one line by its name, without any of the text', () => {
  const { channel, lines } = fakeLog();
  const outcomes = new OutcomeLog(channel);
  assert.equal(outcomes.last, 'none');
  outcomes.report(shown('cache'), 'go', 3);
  outcomes.report({ type: 'cancelled', by: 'superseded' }, 'go', 4);
  outcomes.report({ type: 'skipped', reason: 'off' }, undefined, 0);
  assert.deepEqual(lines, [
    'info: suggestion shown:cache in go, 3 ms',
    'info: suggestion cancelled:superseded in go, 4 ms',
    'info: suggestion skipped:off 0 ms',
  ]);
  assert.equal(outcomes.last, 'skipped:off');
});

test('a failure that comes back says its message once in the log, and again after something else', () => {
  const { channel, lines } = fakeLog();
  const outcomes = new OutcomeLog(channel);
  const told = () => lines.filter((line) => line.includes('The disk is full.')).length;
  outcomes.report(failed('full', 'The disk is full.'), 'go', 1);
  outcomes.report(failed('full', 'The disk is full.'), 'go', 1);
  assert.deepEqual([told(), lines.length, outcomes.message], [1, 2, 'The disk is full.']);
  outcomes.report(shown(), 'go', 1);
  assert.equal(outcomes.message, undefined, 'what is over is not told any more');
  outcomes.report(failed('full', 'The disk is full.'), 'go', 1);
  assert.equal(told(), 2);
});

test('the median is of the last nine answers of the model, whatever came from elsewhere', () => {
  const outcomes = new OutcomeLog(fakeLog().channel);
  for (const millis of [900, 30, 20, 10, 60, 50, 80, 70]) outcomes.report(shown(), 'go', millis);
  for (const source of ['cache', 'typed-ahead', 'joined'] as const) outcomes.report(shown(source), 'go', 1);
  outcomes.report({ type: 'empty', reason: 'blank' }, 'go', 1);
  assert.equal(outcomes.answerMillis, undefined, 'eight are too few');
  outcomes.report(shown(), 'go', 40);
  assert.equal(outcomes.answerMillis, 50);
  for (let i = 0; i < 5; i++) outcomes.report(shown(), 'go', 500);
  assert.equal(outcomes.answerMillis, 500);
});
