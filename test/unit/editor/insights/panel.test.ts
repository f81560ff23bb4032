import '../../../fakes/vscode/install.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { showPage } from '../../../../src/editor/insights/panel.ts';
import { editor } from '../../../fakes/vscode/install.ts';

test('a page has one panel until that is closed, and a nonce of its own each time', () => {
  const nonces: string[] = [];
  const show = (name: string, commands: string[] = []) =>
    showPage(
      name,
      'Title',
      (nonce) => {
        nonces.push(nonce);
        return `page ${nonces.length}`;
      },
      commands,
    );
  show('one', ['slipstream.showInsights']);
  show('one');
  assert.deepEqual(
    editor.panels.map(({ webview }) => webview.html),
    ['page 2'],
  );
  show('two');
  assert.equal(editor.panels.length, 2);
  editor.panels[0]!.close();
  show('one');
  assert.equal(editor.panels.length, 3);
  assert.equal(editor.panels[2]!.webview.html, 'page 4');
  assert.equal(new Set(nonces).size, 4);
  for (const nonce of nonces) assert.match(nonce, /^[0-9a-f]{32}$/);
});

test('no page runs scripts or reads the disk, and none links to a command that was not named', () => {
  for (const { options } of editor.panels) {
    const { enableScripts, localResourceRoots } = options as Record<string, unknown>;
    assert.deepEqual([enableScripts, localResourceRoots], [false, []]);
  }
  const links = editor.panels.map(({ options }) => (options as Record<string, unknown>).enableCommandUris);
  assert.deepEqual(links, [['slipstream.showInsights'], [], []]);
});
