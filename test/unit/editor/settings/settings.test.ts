import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as z from 'zod';
import {
  defaultOf,
  languageIsOn,
  readSettings,
  settingNames,
} from '../../../../src/editor/settings/settings.ts';

const manifest = z
  .object({
    contributes: z.object({
      configuration: z.object({
        properties: z.record(
          z.string(),
          z.object({ default: z.unknown(), scope: z.string(), order: z.number() }),
        ),
      }),
      commands: z.array(z.object({ command: z.string(), title: z.string(), category: z.string() })),
      menus: z.record(z.string(), z.array(z.object({ command: z.string() }))),
    }),
    capabilities: z.object({
      untrustedWorkspaces: z.object({ restrictedConfigurations: z.array(z.string()) }),
    }),
  })
  .parse(readJson('package.json'));

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../../${name}`, import.meta.url), 'utf8'));
}

test('the manifest and the code know the same settings with the same defaults', () => {
  const { properties } = manifest.contributes.configuration;
  assert.deepEqual(Object.keys(properties).sort(), settingNames.map((name) => `slipstream.${name}`).sort());
  for (const name of settingNames) {
    assert.deepEqual(properties[`slipstream.${name}`]?.default, defaultOf(name), name);
  }
});

test('a workspace cannot choose the model or the threads', () => {
  const { properties } = manifest.contributes.configuration;
  for (const name of ['slipstream.model', 'slipstream.threads', 'slipstream.executionProvider']) {
    assert.equal(properties[name]?.scope, 'machine');
    assert.ok(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations.includes(name));
  }
});

test('every command in a menu is a command, and all are named «Slipstream: …»', () => {
  const { commands, menus } = manifest.contributes;
  const ids = commands.map(({ command }) => command);
  for (const { command } of Object.values(menus).flat()) assert.ok(ids.includes(command), command);
  for (const { category } of commands) assert.equal(category, 'Slipstream');
});

test('every text of the manifest is in the file of texts, and no other', () => {
  const wanted = [...JSON.stringify(readJson('package.json')).matchAll(/"%([^%"]+)%"/g)].map(
    ([, key]) => key,
  );
  assert.deepEqual(wanted.sort(), Object.keys(readJson('package.nls.json') as object).sort());
});

test('settings have an order, each a place of its own', () => {
  const orders = Object.values(manifest.contributes.configuration.properties).map(({ order }) => order);
  assert.deepEqual(
    orders.sort((a, b) => a - b),
    orders.map((_, at) => at + 1),
  );
});

test('commands for previews and selections are not offered where there is none', () => {
  const hidden = manifest.contributes.menus.commandPalette!.map(({ command }) => command);
  for (const name of [
    'insertPreview',
    'copyPreview',
    'dropPreview',
    'summarizeSelection',
    'translateSelection',
  ])
    assert.ok(hidden.includes(`slipstream.${name}`), name);
});

test('without any value the defaults hold and nothing is reported', () => {
  const { settings, problems } = readSettings(() => undefined);
  assert.equal(problems.length, 0);
  for (const name of settingNames) assert.deepEqual(settings[name], defaultOf(name));
});

test('good values are taken over', () => {
  const values: Record<string, unknown> = {
    enable: false,
    policy: 'fixed:draft-py',
    'drafts.pool': ['lookup'],
    'completion.maxTokens': 12,
  };
  const { settings, problems } = readSettings((name) => values[name]);
  assert.equal(problems.length, 0);
  assert.equal(settings.enable, false);
  assert.equal(settings.policy, 'fixed:draft-py');
  assert.deepEqual(settings['drafts.pool'], ['lookup']);
  assert.equal(settings['completion.maxTokens'], 12);
});

test('a bad value falls back to the default, and the message names it and what is allowed', () => {
  const bad: Record<string, unknown> = {
    policy: 'fastest',
    threads: -1,
    'completion.debounce': 'soon',
    languages: { python: 'yes' },
    'drafts.pool': 'lookup',
    exclude: 'x'.repeat(500),
  };
  const { settings, problems } = readSettings((name) => bad[name]);
  assert.deepEqual(problems.map(({ name }) => name).sort(), Object.keys(bad).sort());
  for (const { name, message } of problems) {
    assert.deepEqual(settings[name], defaultOf(name));
    assert.ok(message.includes(`slipstream.${name}`) && message.length < 220, message);
  }
  const policy = problems.find(({ name }) => name === 'policy');
  assert.equal(
    policy?.message,
    'The setting slipstream.policy is "fastest"; allowed is "trained", "trained+online", "rule", "none" or "fixed:" and the id of a draft. Its default is used.',
  );
});

test('a language is on by its own entry, else by the star', () => {
  assert.equal(languageIsOn({ '*': false, python: true }, 'python'), true);
  assert.equal(languageIsOn({ '*': false, python: true }, 'go'), false);
  assert.equal(languageIsOn({}, 'go'), true);
  assert.equal(languageIsOn({ '*': true }, 'constructor'), true);
});

test('impossible numbers: one that is too large is taken for the largest, any other for the default, and both are said', () => {
  const bad: Record<string, unknown> = {
    threads: 2000,
    'completion.maxTokens': 1e9,
    'completion.debounce': Number.POSITIVE_INFINITY,
    'index.memory': 1.5,
    idleUnload: -1,
  };
  const { settings, problems } = readSettings((name) => bad[name]);
  assert.deepEqual(
    [settings.threads, settings['completion.maxTokens'], settings['completion.debounce']],
    [256, 1024, 5000],
  );
  assert.deepEqual([settings['index.memory'], settings.idleUnload], [64, 30]);
  assert.equal(problems.length, 5);
  const threads = problems.find(({ name }) => name === 'threads');
  assert.equal(
    threads?.message,
    'The setting slipstream.threads is 2000; allowed is a whole number from 0 to 256. 256 is used.',
  );
});

test('folder settings: what a file decides may be set for a folder', () => {
  const { properties } = manifest.contributes.configuration;
  for (const name of ['enable', 'languages', 'completion.multiline', 'completion.maxTokens', 'exclude']) {
    assert.equal(properties[`slipstream.${name}`]?.scope, 'resource', name);
  }
});
