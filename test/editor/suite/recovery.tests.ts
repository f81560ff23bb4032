import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import {
  api,
  type Notifications,
  ready,
  recordNotifications,
  set,
  show,
  sourceUpTo,
  suggestionIn,
  trigger,
  type,
  until,
  workerProcess,
} from './support.ts';

describe('recovery', () => {
  let notifications: Notifications;

  beforeEach(() => {
    notifications = recordNotifications();
  });

  afterEach(async () => {
    notifications.restore();
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('answers the next request after the worker was killed while it answered', async () => {
    await ready();
    const editor = await show('killed.ts', sourceUpTo('src/editor/settings/settings.ts', 'export function '));
    const victim = await until('there is a worker process', workerProcess);
    // Each of these tests completes a text of its own: a remembered suggestion would need no worker.
    await trigger();
    process.kill(victim, 'SIGKILL');
    const text = await suggestionIn(editor);
    assert.notEqual(text.trim(), '');
    const successor = await until('there is a new worker process', workerProcess);
    assert.notEqual(successor, victim);
    assert.ok(notifications.messages.length <= 1, notifications.messages.join('\n'));
  });

  it('restarts the worker on command', async () => {
    const { worker } = await api();
    await ready();
    const before = await until('there is a worker process', workerProcess);
    await vscode.commands.executeCommand('slipstream.restartWorker');
    assert.equal(worker.state.kind, 'ready');
    assert.notEqual(workerProcess(), before);
    const editor = await show('restarted.ts', sourceUpTo('src/editor/settings/settings.ts', 'export const '));
    assert.notEqual((await suggestionIn(editor)).trim(), '');
    assert.deepEqual(notifications.messages, []);
  });

  it('says what is wrong with a model folder that is none, once, and recovers when it is put right', async () => {
    const { worker } = await api();
    await ready();
    await set('model', '/no/such/model');
    try {
      const failed = await until(
        'the worker has failed',
        () => worker.state.kind === 'failed' && worker.state,
      );
      assert.match(failed.message, /\/no\/such\/model/);
      const editor = await show('failed.ts', 'export const one = ');
      for (const digit of ['1', '2', '3']) {
        await type(digit);
        await trigger();
      }
      assert.equal(editor.document.getText(), 'export const one = 123');
      assert.equal(notifications.messages.length, 1, notifications.messages.join('\n'));
      assert.match(notifications.messages[0] ?? '', /\/no\/such\/model/);
    } finally {
      await set('model', undefined);
    }
    await ready();
    const editor = await show('recovered.ts', sourceUpTo('src/files/exclusion.ts', 'export class '));
    assert.notEqual((await suggestionIn(editor)).trim(), '');
  });
});

describe('choosing drafts', () => {
  it('offers a list, and leaving it changes nothing', async () => {
    await ready();
    const before = vscode.workspace.getConfiguration('slipstream').get('drafts.pool');
    let closed = false;
    const choosing = vscode.commands.executeCommand('slipstream.chooseDrafts').then(() => {
      closed = true;
    });
    await until('the list can be closed', async () => {
      await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
      return closed;
    });
    await choosing;
    assert.deepEqual(vscode.workspace.getConfiguration('slipstream').get('drafts.pool'), before);
  });
});
