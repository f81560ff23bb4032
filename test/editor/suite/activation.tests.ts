import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { settingNames } from '../../../src/editor/settings/settings.ts';
import { api, extension, manifest, ready } from './support.ts';

describe('activation', () => {
  it('activates the extension and loads the bundled model', async () => {
    await api();
    assert.equal(extension().isActive, true);
    const state = await ready();
    assert.ok(state.kind === 'ready' && state.setup.model !== '');
  });

  it('registers every command of the manifest', async () => {
    await api();
    const registered = new Set(await vscode.commands.getCommands(true));
    const declared = manifest().contributes.commands.map(({ command }) => command);
    assert.ok(declared.length > 0);
    assert.deepEqual(
      declared.filter((command) => !registered.has(command)),
      [],
    );
  });

  it('declares every setting that it reads, and none that it does not, each with a default', () => {
    const { configuration } = manifest().contributes;
    const properties = Object.assign({}, ...[configuration].flat().map((part) => part.properties));
    const declared = Object.keys(properties).map((name) => name.replace(/^slipstream\./, ''));
    assert.deepEqual(new Set(declared), new Set<string>(settingNames));
    for (const name of settingNames) {
      const found = vscode.workspace.getConfiguration('slipstream').inspect(name);
      assert.notEqual(found?.defaultValue, undefined, `slipstream.${name} has no default`);
    }
  });
});
