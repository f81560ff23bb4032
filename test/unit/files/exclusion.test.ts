import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultOf } from '../../../src/editor/settings/settings.ts';
import { Exclusion } from '../../../src/files/exclusion.ts';

const secret = [
  '.env',
  'app/.env.local',
  'certs/server.pem',
  'server.KEY',
  '/home/user/.ssh/config',
  '/home/user/id_rsa',
  'id_ed25519.pub',
  'keys/id_gitlab',
  'deploy/secrets/token.txt',
  'C:\\Users\\me\\.env',
  '../outside/.env',
];
const open = [
  'src/id_map.ts',
  'id_cards/main.ts',
  'src/main.ts',
  'env.ts',
  'src/keyboard.ts',
  'secret.md',
  'README.md',
  'Untitled-1',
  '',
];

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

/** Files that hold secrets by convention, and their like on other systems. */
const conventional = [
  ...[
    'deploy/prod.env',
    'PROD.ENV',
    '.env',
    '.envrc',
    '.dev.vars',
    'infra/main.tfvars',
    'terraform.tfstate.backup',
  ],
  ...[
    'secrets.ts',
    'config/secrets.yml',
    'k8s/db-secret.yaml',
    '.secrets',
    '.secrets.toml',
    'app_secrets.json',
    'api.secret',
  ],
  ...['credentials.xml', '.aws/credentials', 'gem/credentials', 'aws-credentials.csv', 'passwords.txt'],
  ...[
    'service-account.json',
    'my-service_account-prod.json',
    'client_secret_123.json',
    'x-firebase-adminsdk-1.json',
  ],
  ...[
    '.pgpass',
    'AppData/Roaming/postgresql/pgpass.conf',
    '.my.cnf',
    '.netrc',
    '_netrc',
    '.npmrc',
    '.docker/config.json',
  ],
  ...[
    'vault.yml',
    'group_vars/all/vault.yaml',
    'host_vars/web/vault_db',
    'prod-vault.yml',
    'appsettings.Production.json',
    'appsettings.staging.json',
    'application-prod.yml',
    'application-production.properties',
    'Web.Production.config',
    'env.production',
    'local_settings.py',
    'LocalSettings.php',
    'api-keys.json',
    'apikey.txt',
    'secret-values.yaml',
    'secrets_prod.json',
    'auth.toml',
    'gcp-key.json',
    '.m2/settings.xml',
    'gh/hosts.yml',
    '.databrickscfg',
  ],
  ...[
    'home/.docker/config.json',
    '.kube/config',
    'kubeconfig',
    'prod.kubeconfig',
    '.vault-token',
    '.s3cfg',
    'wp-config.php',
  ],
  ...[
    'key.ppk',
    'AuthKey_1.p8',
    'wallet.dat',
    'app.keystore',
    'login.keychain-db',
    'ssh_host_rsa_key',
    'backup.gpg',
  ],
  ...[
    '.bash_history',
    '.azure/token.json',
    'local.settings.json',
    'keystore.properties',
    'google-services.json',
  ],
  // Copies of them, and what Windows takes for the same.
  ...[
    '.env.bak',
    'prod.env~',
    'server.key.old',
    'prod.env.1',
    'prod.env (2)',
    '.#prod.env',
    '#prod.env#',
    'prod.env.swp',
  ],
  ...['C:\\work\\Prod.Env', '\\\\server\\share\\id_rsa', 'prod.env.', 'prod.env ', 'prod.env::$DATA'],
];
const ordinary = [
  ...[
    'src/environment.ts',
    'env.d.ts',
    'src/credentialsForm.tsx',
    'tokenizer.json',
    'src/token.ts',
    'auth.ts',
    'keys.ts',
  ],
  ...[
    'docs/passwords.md',
    'src/secret.ts',
    'docker/config.json',
    'config.json',
    'appsettings.json',
    'appsettings.Development.json',
    'application.yml',
    'application-dev.yml',
    'web.config',
    'src/vault.ts',
    'docs/vault.md',
    'src/env.local.ts',
    'settings.py',
    'src/auth.ts',
    'hosts.yml',
    'api-keys.ts',
    'src/kube/config.ts',
    'monkey.ts',
    'a.env.ts',
  ],
];

test('secret files: what holds secrets by convention is never read, at any depth, whatever the case', () => {
  for (const exclusion of [new Exclusion(defaultOf('exclude')), Exclusion.withSecrets(['*.gen.ts'])]) {
    for (const path of conventional) {
      assert.equal(exclusion.excludes(path), true, path);
      assert.equal(exclusion.excludes(`some/where/${path.replaceAll('\\', '/')}`), true, path);
      assert.equal(exclusion.excludes(path.toUpperCase()), true, path);
    }
    for (const path of ordinary) assert.equal(exclusion.excludes(path), false, path);
  }
});

test('secret files: one can be taken in again by name', () => {
  const exclusion = Exclusion.withSecrets(['!.env.example', '!secrets.ts']);
  assert.deepEqual(
    ['.env.example', 'secrets.ts', '.env', 'secrets.json'].map((path) => exclusion.excludes(path)),
    [false, false, true, true],
  );
});

test('several roots: a pattern with a slash speaks of the paths of its folder', () => {
  const exclusion = Exclusion.withSecrets(['/config/private.yml']);
  assert.equal(exclusion.excludes('config/private.yml'), true);
  assert.equal(exclusion.excludes('folderA/config/private.yml'), false);
});
