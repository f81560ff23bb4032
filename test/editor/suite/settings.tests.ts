import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { api, type Jobs, ready, set, show, type, until, watchJobs } from './support.ts';

describe('a setting takes effect at once', () => {
  let jobs: Jobs | undefined;

  afterEach(async () => {
    jobs?.stop();
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('for the next suggestion: one line, and its length', async () => {
    await ready();
    jobs = await watchJobs();
    await show('lines.ts', 'export const first = 1;\nexport function second() {');
    await set('completion.multiline', 'never');
    await set('completion.maxTokens', 17);
    try {
      await type('\n');
      const { params } = await until('the model is asked', () => jobs?.started[0]);
      assert.ok(params.kind === 'complete');
      assert.deepEqual([params.singleLine, params.maxTokens], [true, 17]);
    } finally {
      await set('completion.multiline', undefined);
      await set('completion.maxTokens', undefined);
    }
    await type('return ');
    const { params } = await until('the model is asked again', () =>
      jobs?.started.find(({ params }) => params.kind === 'complete' && params.maxTokens !== 17),
    );
    assert.ok(params.kind === 'complete');
    assert.equal(params.maxTokens, 96);
  });

  it('for the drafts and the policy', async () => {
    const { worker } = await api();
    await ready();
    const setup = () => (worker.state.kind === 'ready' ? worker.state.setup : undefined);
    const loaded = () =>
      setup()
        ?.drafts.filter((draft) => draft.loaded)
        .map(({ id }) => id) ?? [];
    assert.ok((await until('drafts are loaded', () => loaded().length > 1 && loaded())).includes('suffix'));
    await set('drafts.pool', ['suffix']);
    await set('policy', 'fixed:suffix');
    try {
      await until(
        'the one draft is used',
        () => setup()?.policy === 'fixed:suffix' && loaded().join() === 'suffix',
      );
    } finally {
      await set('drafts.pool', undefined);
      await set('policy', undefined);
    }
    await until('all drafts are used again', () => setup()?.policy === 'trained' && loaded().length > 1);
  });
});
