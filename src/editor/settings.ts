import * as z from 'zod';

/**
 * Every setting of the extension, read and checked in one place. A workspace can hold any value at all, so
 * nothing that was not checked here reaches the rest of the code.
 */

interface Definition<T> {
  readonly schema: z.ZodType<T>;
  readonly fallback: T;
  /** What a user may write, as the end of the sentence «allowed is …». */
  readonly allowed: string;
}

function define<T>(schema: z.ZodType<T>, fallback: T, allowed: string): Definition<T> {
  return { schema, fallback, allowed };
}

/** When a suggestion may have more than one line. */
export type Multiline = 'auto' | 'always' | 'never';

/** Whether the file and the workspace weigh in on every token. */
export type WorkspaceMemory = 'auto' | 'on' | 'off';

const defaultExclude: readonly string[] = [
  '.env*',
  '*.pem',
  '*.key',
  '*.p12',
  '*.pfx',
  '*.jks',
  '*.keystore',
  '*.kdbx',
  '*.ovpn',
  'id_rsa*',
  'id_dsa*',
  'id_ecdsa*',
  'id_ed25519*',
  'secrets/',
  'secrets.json',
  'secrets.toml',
  'secrets.yaml',
  'secrets.yml',
  'credentials',
  'credentials.json',
  '.git-credentials',
  '.htpasswd',
  '.netrc',
  '.npmrc',
  '.pypirc',
  '.aws/',
  '.gnupg/',
  '.ssh/',
];

const definitions = {
  enable: define<boolean>(z.boolean(), true, 'true or false'),
  languages: define<Readonly<Record<string, boolean>>>(
    z.record(z.string(), z.boolean()),
    { '*': true, markdown: true, plaintext: false },
    'an object from language ids to true or false',
  ),
  model: define<string>(z.string(), '', 'the path of a model folder, or nothing for the bundled model'),
  'drafts.pool': define<readonly string[]>(z.array(z.string().min(1)), [], 'a list of draft ids'),
  policy: define<string>(
    z.string().regex(/^(trained|trained\+online|rule|none|fixed:\S+)$/),
    'trained',
    '"trained", "trained+online", "rule", "none" or "fixed:" and the id of a draft',
  ),
  'completion.maxTokens': define<number>(z.int().min(1).max(1024), 96, 'a whole number from 1 to 1024'),
  'completion.multiline': define<Multiline>(
    z.enum(['auto', 'always', 'never']),
    'auto',
    '"auto", "always" or "never"',
  ),
  'completion.debounce': define<number>(z.int().min(0).max(5000), 15, 'a whole number from 0 to 5000'),
  threads: define<number>(z.int().min(0).max(256), 0, 'a whole number from 0 to 256'),
  'index.memory': define<number>(z.int().min(0).max(1024), 64, 'a whole number from 0 to 1024'),
  policyFile: define<string>(z.string(), '', 'the path of a policy, or nothing for the bundled one'),
  workspaceMemory: define<WorkspaceMemory>(z.enum(['auto', 'on', 'off']), 'auto', '"auto", "on" or "off"'),
  idleUnload: define<number>(z.number().min(0).max(10_000), 30, 'a number from 0 to 10000'),
  exclude: define<readonly string[]>(z.array(z.string()), defaultExclude, 'a list of patterns'),
};

export type SettingName = keyof typeof definitions;
export type Settings = { readonly [K in SettingName]: (typeof definitions)[K]['fallback'] };

/** A setting whose value cannot be used. */
export interface SettingProblem {
  readonly name: SettingName;
  readonly message: string;
}

export const settingNames = Object.keys(definitions) as readonly SettingName[];

/** The value that holds when nobody wrote one. */
export function defaultOf<K extends SettingName>(name: K): Settings[K] {
  return definitions[name].fallback as Settings[K];
}

/**
 * Read all settings. A value that cannot be used is replaced by the default and reported.
 * @param get gives the raw value of a setting, undefined where there is none
 */
export function readSettings(get: (name: SettingName) => unknown): {
  settings: Settings;
  problems: SettingProblem[];
} {
  const problems: SettingProblem[] = [];
  const values: Partial<Record<SettingName, unknown>> = {};
  for (const name of settingNames) {
    const { schema, fallback, allowed } = definitions[name];
    const raw = get(name);
    const parsed = schema.safeParse(raw);
    values[name] = parsed.success ? parsed.data : fallback;
    if (raw !== undefined && !parsed.success) {
      problems.push({
        name,
        message: `The setting slipstream.${name} is ${show(raw)}; allowed is ${allowed}. Its default is used.`,
      });
    }
  }
  return { settings: values as Settings, problems };
}

/** Whether completions are wanted in a language: its own entry decides, else the entry for `*`. */
export function languageIsOn(languages: Settings['languages'], language: string): boolean {
  return (Object.hasOwn(languages, language) ? languages[language] : languages['*']) ?? true;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
