import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { nativeFiles } from '../../scripts/installation.mjs';
import { root } from '../toy/bundled.ts';

/** What a security team looks at first: what a workspace may decide, what is brought along, and for which machine. */

const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly capabilities: {
    readonly untrustedWorkspaces: {
      readonly supported: string;
      readonly restrictedConfigurations: readonly string[];
    };
  };
  readonly contributes: {
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly scope: string }>> };
  };
};

test('an untrusted workspace names no model, executable, endpoint, file or number of threads', () => {
  const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
  assert.equal(supported, 'limited');
  const { properties } = manifest.contributes.configuration;
  const powerful = Object.keys(properties).filter((name) =>
    /model|file$|path|url|endpoint|server|engine|remote|threads|memory$|unload/i.test(name),
  );
  assert.ok(powerful.length >= 4);
  const open = powerful.filter((name) => name !== 'slipstream.workspaceMemory');
  assert.deepEqual(
    open.filter((name) => properties[name]!.scope !== 'machine' || !restrictedConfigurations.includes(name)),
    [],
  );
  const machine = Object.keys(properties).filter((name) => properties[name]!.scope === 'machine');
  assert.deepEqual(
    machine.filter((name) => !restrictedConfigurations.includes(name)),
    [],
  );
});

test('every dependency at run time is listed with its reason and the licence that it has', () => {
  const rows = readFileSync(path.join(root, 'SECURITY.md'), 'utf8')
    .split('\n')
    .filter((line) =>
      /^\| [@a-z][^|]* \| [^|]+ \| (MIT|Apache-2\.0|ISC|BSD-\d-Clause|BlueOak-1\.0\.0) +\|$/.test(line),
    )
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const listed = new Map(
    rows.flatMap(([, names = '', , licence = '']) =>
      names.split(', ').map((name) => [name.replace(/ \(.*/, ''), licence] as const),
    ),
  );
  assert.deepEqual([...listed.keys()].sort(), Object.keys(manifest.dependencies).sort());
  for (const [name, licence] of listed) {
    const file = path.join(root, 'node_modules', name, 'package.json');
    assert.equal((JSON.parse(readFileSync(file, 'utf8')) as { license: string }).license, licence, name);
  }
});

describe('the native library for', () => {
  const bin = path.join(root, 'node_modules/onnxruntime-node/bin');
  const [napi = ''] = readdirSync(bin).filter((name) => name.startsWith('napi-'));
  /** The machine that a binary is for, from its head: ELF, Mach-O or PE. */
  const machineOf = (bytes: Buffer): string => {
    if (bytes.readUInt32BE(0) === 0x7f454c46) {
      return `linux-${{ 62: 'x64', 183: 'arm64' }[bytes.readUInt16LE(18)]}`;
    }
    if (bytes.readUInt32LE(0) === 0xfeedfacf) {
      return `darwin-${{ 16777223: 'x64', 16777228: 'arm64' }[bytes.readUInt32LE(4)]}`;
    }
    const head = bytes.readUInt32LE(0x3c);
    return `win32-${{ 34404: 'x64', 43620: 'arm64' }[bytes.readUInt16LE(head + 4)]}`;
  };

  for (const [target, names] of Object.entries(nativeFiles)) {
    test(`${target} is there and made for it`, () => {
      for (const name of names) {
        const file = path.join(bin, napi, target.replace('-', '/'), name);
        assert.ok(existsSync(file), file);
        assert.equal(machineOf(readFileSync(file)), target, name);
      }
    });
  }

  test('five machines', () => {
    const targets = ['darwin-arm64', 'linux-arm64', 'linux-x64', 'win32-arm64', 'win32-x64'];
    assert.deepEqual(Object.keys(nativeFiles).sort(), targets);
  });
});
