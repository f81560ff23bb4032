import '../../../fakes/vscode/install.ts';
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Configuration } from '../../../../src/editor/settings/configuration.ts';
import {
  defaultOf,
  readSettings,
  settingNames,
  turnedOver,
} from '../../../../src/editor/settings/settings.ts';
import { editor } from '../../../fakes/vscode/install.ts';
import { Uri } from '../../../fakes/vscode/values.ts';

let configuration: Configuration | undefined;
function opened() {
  const told: string[] = [];
  configuration = new Configuration(({ name }) => told.push(name));
  return { configuration, told };
}
afterEach(() => {
  configuration?.dispose();
  editor.settings.clear();
  editor.folderSettings.clear();
  editor.inWorkspace.clear();
  editor.folders = [];
});
const uri = (path: string) => Uri.file(path) as unknown as Parameters<Configuration['settingsFor']>[0];
const token = 'completion.maxTokens';

test('no value at all, of whatever kind, gets past the check, and each is told in one short sentence or two', () => {
  const wrong = [
    null,
    '',
    'x y',
    -1,
    0.5,
    Number.NaN,
    [1],
    [''],
    { a: 1 },
    { a: { b: 'x'.repeat(999) } },
    true,
  ];
  for (const value of wrong) {
    const { settings, problems } = readSettings(() => value);
    for (const { name, message } of problems) {
      assert.deepEqual(settings[name], defaultOf(name), `${name}: ${JSON.stringify(value)}`);
      assert.match(message, /^The setting slipstream\.\S+ is .+; allowed is .+\. Its default is used\.$/);
      assert.ok(message.length < 260, message);
    }
    const taken = settingNames.filter((name) => !problems.some((problem) => problem.name === name));
    for (const name of taken) assert.equal(typeof settings[name], typeof value, name);
  }
  assert.equal(readSettings(() => null).problems.length, settingNames.length);
});

test('one wrong entry spoils a list or an object, and the other settings hold', () => {
  const values: Record<string, unknown> = {
    'drafts.pool': ['lookup', 3],
    languages: { go: false, python: 'no' },
    policy: 'fixed:',
    threads: 4,
  };
  const { settings, problems } = readSettings((name) => values[name]);
  assert.deepEqual(problems.map(({ name }) => name).sort(), ['drafts.pool', 'languages', 'policy']);
  assert.equal(settings.threads, 4);
  assert.deepEqual(settings.languages, defaultOf('languages'));
});

test('turning a language over twice leaves no trace, a standard one keeps its entry', () => {
  const standard = defaultOf('languages');
  const off = turnedOver(standard, 'go')!;
  assert.deepEqual(off, { ...standard, go: false });
  assert.equal(turnedOver(off, 'go'), undefined);
  assert.equal(turnedOver(standard, 'plaintext')!.plaintext, true);
  assert.deepEqual(turnedOver({ '*': false }, 'plaintext'), { '*': false, plaintext: true });
  assert.deepEqual(turnedOver({ '*': false, go: true }, 'go'), { '*': false });
});

test('a change of ours is read, checked and told; one of others is not', () => {
  const { configuration, told } = opened();
  const heard: number[] = [];
  configuration.onDidChange((settings) => heard.push(settings[token]));
  editor.set('slipstream.completion.maxTokens', 12);
  editor.set('editor.fontSize', 99);
  editor.set('slipstream.completion.maxTokens', 'many');
  assert.deepEqual([heard, told], [[12, defaultOf(token)], [token]]);
  editor.set('slipstream.completion.maxTokens', 7);
  assert.equal(configuration.settings[token], 7, 'a value put right holds');
  configuration.dispose();
  editor.set('slipstream.completion.maxTokens', 8);
  assert.equal(heard.length, 3);
});

test('a folder has its own settings, read once until something changes', () => {
  editor.folders = ['one', 'two'].map((name) => ({ uri: Uri.file(`/${name}`), name }));
  editor.settings.set('slipstream.completion.maxTokens', 50);
  editor.folderSettings.set('/one', { 'slipstream.completion.maxTokens': -3 });
  const { configuration, told } = opened();
  const most = (path: string) => configuration.settingsFor(uri(path))![token];
  assert.deepEqual([most('/one/a.ts'), most('/two/a.ts'), most('/else/a.ts')], [defaultOf(token), 50, 50]);
  most('/one/b.ts');
  assert.deepEqual(told, [token], 'a wrong value of a folder is told, and not with every file');
  editor.setInFolder('/one', 'slipstream.completion.maxTokens', 5);
  assert.equal(most('/one/a.ts'), 5);
  editor.folderSettings.set('/one', { 'slipstream.completion.maxTokens': 6 });
  assert.equal(most('/one/a.ts'), 5);
  editor.events.folders.fire();
  assert.equal(most('/one/a.ts'), 6);
});

test('a setting is written where it is set: in the folder, else in the workspace, else for the user', async () => {
  editor.folders = [{ uri: Uri.file('/one'), name: 'one' }];
  const { configuration } = opened();
  const ours = 'slipstream.completion.maxTokens';
  await configuration.update(token, 5, uri('/one/a.ts'));
  assert.deepEqual([editor.settings.get(ours), editor.inWorkspace.size], [5, 0]);
  editor.inWorkspace.add(ours);
  await configuration.update(token, 6, uri('/one/a.ts'));
  assert.deepEqual([editor.settings.get(ours), editor.folderSettings.size], [6, 0]);
  editor.setInFolder('/one', ours, 7);
  await configuration.update(token, 8, uri('/one/a.ts'));
  assert.deepEqual([editor.settings.get(ours), editor.folderSettings.get('/one')![ours]], [6, 8]);
});
