import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as z from 'zod';
import { defaultOf, languageIsOn, readSettings, settingNames } from '../../../src/editor/settings.ts';

const manifest = z
  .object({
    contributes: z.object({
      configuration: z.object({
        properties: z.record(z.string(), z.object({ default: z.unknown(), scope: z.string() })),
      }),
      commands: z.array(z.object({ command: z.string(), title: z.string(), category: z.string() })),
      menus: z.record(z.string(), z.array(z.object({ command: z.string() }))),
    }),
    capabilities: z.object({
      untrustedWorkspaces: z.object({ restrictedConfigurations: z.array(z.string()) }),
    }),
  })
  .parse(JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')));

test('the manifest and the code know the same settings with the same defaults', () => {
  const { properties } = manifest.contributes.configuration;
  assert.deepEqual(Object.keys(properties).sort(), settingNames.map((name) => `slipstream.${name}`).sort());
  for (const name of settingNames) {
    assert.deepEqual(properties[`slipstream.${name}`]?.default, defaultOf(name), name);
  }
});

test('a workspace cannot choose the model or the threads', () => {
  const { properties } = manifest.contributes.configuration;
  for (const name of ['slipstream.model', 'slipstream.threads']) {
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
