import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  aroundWithoutSecrets,
  secretsIn,
  withoutSecrets,
  wouldShowSecret,
} from '../../../src/secrets/scan.ts';
import { root } from '../../toy/bundled.ts';

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';

/** Texts of so many characters of an alphabet. */
const drawn = (alphabet: string, length: number) =>
  fc
    .array(fc.constantFrom(...alphabet), { minLength: length, maxLength: length })
    .map((chars) => chars.join(''));
const letters = UPPER + LOWER + DIGITS;

/** Keys of known forms: the beginning that gives them away, and what follows it. */
const known: readonly fc.Arbitrary<string>[] = [
  ['AKIA', `${UPPER}234567`, 16],
  ['ghp_', letters, 36],
  ['github_pat_', `${letters}_`, 82],
  ['glpat-', letters, 20],
  ['xoxb-', DIGITS + LOWER, 40],
  ['sk_live_', letters, 24],
  ['rk_test_', letters, 24],
  ['whsec_', letters, 32],
  ['AIza', letters, 35],
  ['GOCSPX-', letters, 28],
  ['npm_', letters, 36],
  ['pypi-AgEIcHlwaS5vcmc', letters, 60],
  ['hf_', UPPER + LOWER, 34],
  ['sk-proj-', letters, 60],
  ['sk-ant-api03-', letters, 80],
  ['sk-', letters, 48],
  ['dckr_pat_', letters, 27],
  ['dop_v1_', `${DIGITS}abcdef`, 64],
  ['shpat_', `${DIGITS}abcdef`, 32],
  ['hvs.', letters, 32],
  ['lin_api_', letters, 40],
  ['glsa_', letters, 32, '_a1b2c3d4'],
  ['SG.', letters, 22, `.${'aB3dE5gH7jK9mN1pQ3rS5tU7vW9xY1zA3bC5dE7fG9h'}`],
  ['dapi', `${DIGITS}abcdef`, 32],
  ['figd_', letters, 40],
  ['AGE-SECRET-KEY-1', UPPER + DIGITS, 58],
].map(([head, alphabet, length, tail = '']) =>
  drawn(String(alphabet), Number(length)).map((body) => `${head}${body}${tail}`),
);

/** Values that a machine throws: characters of a kind, long enough. */
const thrown: fc.Arbitrary<string> = fc.oneof(
  drawn(letters, 20),
  drawn(letters, 32),
  drawn(letters, 40),
  drawn(`${DIGITS}abcdef`, 32),
  drawn(`${DIGITS}abcdef`, 40),
  drawn(`${DIGITS}abcdef`, 64),
  drawn(LOWER + DIGITS, 32),
  drawn(`${letters}+/`, 43).map((text) => `${text}=`),
  drawn(`${letters}-_`, 43),
  fc.uuid(),
);

const names = [
  ...[
    'API_KEY',
    'STRIPE_SECRET_KEY',
    'apiKey',
    'client_secret',
    'authToken',
    'access_token',
    'secret',
    'token',
  ],
  ...['SECRET_KEY_BASE', 'jwtSecret', 'x-api-key', 'privateKey', 'encryptionKey', 'DB_PASSWORD', 'password'],
  ...[
    'AWS_SECRET_ACCESS_KEY',
    'connectionString',
    'webhookSecret',
    'SLACK_BOT_TOKEN',
    'githubToken',
    'ADMIN_PASS',
  ],
  ...[
    'session_secret',
    'NPM_TOKEN',
    'Api-Key',
    'secretAccessKey',
    'SIGNING_KEY',
    'cookieSecret',
    'SENTRY_AUTH_TOKEN',
  ],
];

/** Ways in which languages and formats give a value to a name. */
const forms: readonly ((name: string, value: string) => string)[] = [
  (name, value) => `${name}=${value}`,
  (name, value) => `export ${name}=${value}\r\n`,
  (name, value) => `${name}="${value}" # of production`,
  (name, value) => `const ${name} = '${value}';`,
  (name, value) => `const ${name} = \`${value}\`;`,
  (name, value) => `  ${name}: '${value}',`,
  (name, value) => `  "${name}": "${value}",`,
  (name, value) => `  ${name}: ${value}\n`,
  (name, value) => `${name} = ${value}`,
  (name, value) => `<${name}>${value}</${name}>`,
  (name, value) => `<setting name="${name}" value="${value}" />`,
  (name, value) => `- name: ${name}\n  value: ${value}`,
  (name, value) => `{"name": "${name}", "value": "${value}"}`,
  (name, value) => `config.set("${name}", "${value}")`,
  (name, value) => `builder.${name}("${value}")`,
  (name, value) => `${name} := "${value}"`,
  (name, value) => `:${name} => '${value}',`,
  (name, value) => `private readonly ${name}: string = "${value}";`,
  (name, value) => `let ${name}: &str = "${value}";`,
  (name, value) => `os.environ["${name}"] = "${value}"`,
  (name, value) => `curl -H "${name}: ${value}" http://x`,
  (name, value) => `https://api.example.com/v1?${name}=${value}&x=1`,
  (name, value) => `if (${name} === "${value}") {`,
  (name, value) => `const k = process.env.${name} || "${value}";`,
  (name, value) => `\${${name}:-${value}}`,
  (name, value) => `define('${name}', '${value}');`,
  (name, value) => `${name}: String::from("${value}"),`,
  (name, value) => `connect(host, ${name}="${value}", port=1)`,
  (name, value) => `# ${name}: ${value}`,
  (name, value) => `app.${name}=${value}`,
  (name, value) => `${name}:\n  "${value}"`,
  (name, value) => `$env:${name} = "${value}"`,
];

/** Whether all of a value is inside what is taken for secrets. */
const isFound = (text: string, value: string): boolean => {
  const at = text.indexOf(value);
  return secretsIn(text).some(({ start, end }) => start <= at && end >= at + value.length);
};

describe('secret files', () => {
  test('keys of known forms are found wherever they stand', () => {
    const around = fc.constantFrom(
      (key: string) => key,
      (key: string) => `const client = new Client("${key}");`,
      (key: string) => `# ${key}`,
      (key: string) => `  - ${key}\n  - other`,
      (key: string) => `https://example.com/?t=${key}&a=b`,
      (key: string) => `<b>${key}</b>`,
      (key: string) => `שלום ${key} мир`,
    );
    fc.assert(
      fc.property(fc.oneof(...known), around, (key, put) => {
        // A few characters again and again are what documentation shows.
        fc.pre(new Set(key.slice(8)).size > 8);
        assert.ok(isFound(put(key), key), put(key));
      }),
      { numRuns: 3000, seed: 1 },
    );
  });

  test('thrown values under names of secrets are found in all forms, but for one in fifty', () => {
    const missed = { of: 0, count: 0 };
    fc.assert(
      fc.property(fc.constantFrom(...names), thrown, fc.constantFrom(...forms), (name, value, form) => {
        missed.of++;
        if (!isFound(form(name, value), value)) missed.count++;
      }),
      { numRuns: 20_000, seed: 2 },
    );
    assert.ok(missed.count / missed.of < 0.02, `${missed.count} of ${missed.of}`);
  });

  test('signed tokens, private keys, passwords in addresses and in settings of databases', () => {
    const cases: readonly (readonly [text: string, left: string])[] = [
      [
        'token: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
        'token: ',
      ],
      [
        'a\n-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\nAAAABG5vbmU=\n-----END OPENSSH PRIVATE KEY-----\nb',
        'a\n-----BEGIN OPENSSH PRIVATE KEY----------END OPENSSH PRIVATE KEY-----\nb',
      ],
      ['postgres://admin:S3cr3tpw@db.internal:5432/x', 'postgres://admin:@db.internal:5432/x'],
      ['mongodb+srv://me:aV3ryL0ngPass@cluster0.mongodb.net', 'mongodb+srv://me:@cluster0.mongodb.net'],
      ['root:S3cr3tpw@tcp(127.0.0.1:3306)/app', 'root:@tcp(127.0.0.1:3306)/app'],
      ['Server=db;User Id=sa;Password=Pa55w0rd!;', 'Server=db;User Id=sa;Password=;'],
      ['DB_PASSWORD=hunter2hunter', 'DB_PASSWORD='],
      ["PASSPHRASE = 'correct horse battery staple'", "PASSPHRASE = ''"],
      ['curl -u admin:S3cr3tpw http://x', 'curl -u admin: http://x'],
      ['machine a login b password c0ffee12', 'machine a login b password '],
      ['Authorization: Bearer abcDEF123456ghiJKL789', 'Authorization: Bearer '],
    ];
    for (const [text, left] of cases) assert.equal(withoutSecrets(text), left);
  });

  test('ordinary code has none: every line of this program', () => {
    const source = path.join(root, 'src');
    for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts')) continue;
      const text = readFileSync(path.join(source, file), 'utf8');
      const found = secretsIn(text).map(({ start, end }) => text.slice(start, end));
      assert.deepEqual(found, [], file);
    }
  });

  test('what stands in place of a secret is none', () => {
    const texts = [
      'const apiKey = process.env.API_KEY;',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's
      'API_KEY=${API_KEY}',
      'password: "your-password-here"',
      "password: 'password'",
      'token = "<token>"',
      'secret_key: "changeme"',
      'API_KEY=xxxxxxxxxxxxxxxxxxxx',
      "const key = 'ArrowLeft';",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a script's
      'const cacheKey = `${user.id}:${page}`;',
      'primaryKey: "customer_order_number_2024"',
      'publicKey: "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE"',
      'password: string;',
      'tokens: Uint32Array;',
      'passwordLabel = "Enter your password"',
      '"passphrase": "please enter the passphrase of your key"',
      'const token = getToken(request, "x1");',
      'postgres://postgres:postgres@localhost/test',
      'https://user:password@example.com',
      'integrity = "sha512-9Zjv7+Kq0sE3bJvM4zVtY1pWmQ8rLxN2cUoHd6fGkSa5TyXe"',
      'git clone git@github.com:me/key-tokens.git',
    ];
    for (const text of texts) assert.deepEqual(secretsIn(text), [], text);
  });

  test('any text at all is looked through, what is found lies inside and in order, and a second look finds nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        let last = 0;
        for (const { start, end } of secretsIn(text)) {
          assert.ok(start >= last && end > start && end <= text.length);
          last = end;
        }
        assert.deepEqual(secretsIn(withoutSecrets(text)).length, 0);
      }),
      { numRuns: 3000, seed: 3 },
    );
  });

  test('around a cursor nothing of a secret is left that the cursor stands in', () => {
    const key = 'sk_live_51H8abcDEFghiJKLmnoPQR';
    for (let at = 0; at <= key.length; at++) {
      const { prefix, suffix } = aroundWithoutSecrets(
        `KEY="${key.slice(0, at)}`,
        `${key.slice(at)}";\nnext();`,
      );
      assert.deepEqual([prefix, suffix], ['KEY="', '";\nnext();']);
    }
    const half = '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7bq1\n';
    assert.equal(
      aroundWithoutSecrets(half, 'MIIEpAIBAAKCAQEA7bq1\n\nrest').prefix,
      '-----BEGIN RSA PRIVATE KEY-----',
    );
  });

  test('a suggestion that would show one, or go on with one, is known', () => {
    assert.ok(wouldShowSecret('STRIPE_SECRET_KEY=', 'sk_live_51H8abcDEFghiJKLmnoPQR'));
    assert.ok(wouldShowSecret('const k = "sk_live_51H8abcDEF', 'ghiJKLmnoPQR"'));
    assert.ok(wouldShowSecret('  apiKey: "', '9f8e7d6c5b4a39281706f5e4d3c2b1a0",\n'));
    assert.ok(
      wouldShowSecret('-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7bq1\n', 'AIBAAKCAQEA7bq1MIIEp'),
    );
    assert.ok(!wouldShowSecret('apiKey: "9f8e7d6c5b4a39281706f5e4d3c2b1a0",\n', 'region: "eu",'));
    assert.ok(!wouldShowSecret('const total = ', 'items.length;'));
  });

  test('long texts of one piece again and again are looked through to the end', () => {
    for (const piece of [
      'a',
      'key',
      'a.',
      '=',
      '://',
      'password',
      '"',
      '-',
      'eyJ',
      '-----BEGIN PRIVATE KEY-----\n',
      'a:',
    ]) {
      const text = piece.repeat(200_000 / piece.length);
      assert.ok(secretsIn(text).every(({ end }) => end <= text.length));
    }
  });
});

test('a password is one whatever language its name is in', () => {
  for (const name of [
    'contraseña',
    'contrasenaDb',
    'senha_banco',
    'dbKennwort',
    'mot_de_passe',
    'пароль',
    'סיסמה',
    '密码',
    'パスワード',
    'DB_비밀번호',
  ]) {
    const text = `${name} = "aB3$xQ9!mZ2k"\n`;
    assert.ok(!withoutSecrets(text).includes('aB3$'), name);
    assert.ok(wouldShowSecret(`${name} = `, '"aB3$xQ9!mZ2k"', ''), name);
  }
  for (const text of ['contrato = "un texto largo"', 'пример = "обычный текст"', '密度 = "0.123456789"'])
    assert.equal(withoutSecrets(text), text);
});
