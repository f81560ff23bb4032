import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Exclusion } from '../../../src/editor/exclusion.ts';
import { defaultOf } from '../../../src/editor/settings.ts';

const secret = [
  '.env',
  'app/.env.local',
  'certs/server.pem',
  'server.KEY',
  '/home/user/.ssh/config',
  '/home/user/id_rsa',
  'id_ed25519.pub',
  'deploy/secrets/token.txt',
  'C:\\Users\\me\\.env',
  '../outside/.env',
];
const open = ['src/main.ts', 'env.ts', 'src/keyboard.ts', 'secret.md', 'README.md', 'Untitled-1', ''];

test('by default files with secrets are excluded, others are not', () => {
  const exclusion = new Exclusion(defaultOf('exclude'));
  for (const path of secret) assert.equal(exclusion.excludes(path), true, path);
  for (const path of open) assert.equal(exclusion.excludes(path), false, path);
});

test('a later pattern can take a file in again', () => {
  const exclusion = new Exclusion(['.env*', '!.env.example']);
  assert.equal(exclusion.excludes('.env'), true);
  assert.equal(exclusion.excludes('.env.example'), false);
});

test('without patterns nothing is excluded', () => {
  assert.equal(new Exclusion([]).excludes('.env'), false);
});
