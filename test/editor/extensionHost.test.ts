import assert from 'node:assert/strict';
import { test } from 'node:test';
import { skipWithoutEditor } from './harness/requirements.ts';
import { buildSuite, runInCodeServer, runInElectron } from './harness/suite.ts';

// Where VS Code can be downloaded, SLIPSTREAM_EDITOR=electron runs the same suite in the desktop editor.
const electron = process.env.SLIPSTREAM_EDITOR === 'electron';

test('in the extension host of a real editor', { timeout: 15 * 60_000 }, async (context) => {
  if (!electron && skipWithoutEditor(context)) return;
  const log = (line: string): void => context.diagnostic(line);
  await buildSuite();
  const { lines, output } = electron ? await runInElectron() : await runInCodeServer(12 * 60_000, log);
  // Each test in the editor is one here, so that the runner's count tells the truth.
  for (const { title, state, millis, error } of lines) {
    if (state === 'ended') continue;
    await context.test(`${title} (${millis} ms)`, (inner) => {
      if (state === 'skipped') inner.skip();
      assert.equal(state, 'passed', error);
    });
  }
  assert.equal(lines.at(-1)?.state, 'ended', `the editor went away before its tests had ended:\n${output}`);
  assert.ok(lines.length > 1, `no test ran in the editor:\n${output}`);
});
