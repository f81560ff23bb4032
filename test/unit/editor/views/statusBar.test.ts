import '../../../fakes/vscode/install.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Status } from '../../../../src/editor/views/status.ts';
import { StatusBar } from '../../../../src/editor/views/statusBar.ts';
import { editor } from '../../../fakes/vscode/install.ts';

function shown(first: Status) {
  let status = first;
  const bar = new StatusBar(() => status);
  const item = editor.statusItems.at(-1) as {
    text: string;
    tooltip: string;
    command: string;
    backgroundColor?: { id: string };
    accessibilityInformation: { label: string };
  };
  const become = (next: Status) => {
    status = next;
    bar.refresh();
  };
  return { bar, item, become };
}

test('trouble colours the item, and the colour goes with it; a screen reader hears what the tooltip says', () => {
  const { item, become } = shown({ kind: 'asleep' });
  assert.deepEqual([item.command, item.backgroundColor], ['slipstream.showStatus', undefined]);
  become({ kind: 'restarting', attempt: 2 });
  assert.equal(item.backgroundColor?.id, 'statusBarItem.warningBackground');
  become({ kind: 'failed', message: 'There is no model.' });
  assert.equal(item.backgroundColor?.id, 'statusBarItem.errorBackground');
  assert.equal(item.tooltip, 'Slipstream: There is no model. Click for what can be done.');
  assert.equal(item.accessibilityInformation.label, item.tooltip);
  become({ kind: 'off' });
  assert.equal(item.backgroundColor, undefined);
});

test('only work that takes longer than a moment turns the spinner', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { bar, item, become } = shown({ kind: 'resting' });
  const spins = () => item.text.includes('spin');
  become({ kind: 'working' });
  t.mock.timers.tick(299);
  assert.equal(spins(), false);
  become({ kind: 'resting' });
  t.mock.timers.tick(1_000);
  assert.equal(spins(), false);
  become({ kind: 'working' });
  t.mock.timers.tick(200);
  become({ kind: 'resting' });
  become({ kind: 'working' });
  t.mock.timers.tick(299);
  assert.equal(spins(), false, 'each job has its moment anew');
  t.mock.timers.tick(1);
  assert.equal(spins(), true);
  become({ kind: 'resting' });
  assert.equal(spins(), false, 'its end shows at once');
  become({ kind: 'working' });
  bar.dispose();
  t.mock.timers.tick(1_000);
  assert.equal(spins(), false, 'nothing is drawn on what is gone');
});
