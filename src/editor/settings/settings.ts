// This folder: settings, read and checked in one place.

import * as z from 'zod';
import { SECRET_NAMES } from '../../files/secretNames.ts';
import type { Multiline } from '../../suggestion/multiline.ts';

/**
 * Every setting of the extension, read and checked in one place. A workspace can hold any value at all, so
 * nothing that was not checked here reaches the rest of the code.
 */

interface Definition<T> {
  readonly schema: z.ZodType<T>;
  readonly fallback: T;
  /** What a user may write, as the end of the sentence «allowed is …». */
  readonly allowed: string;
  /** The largest number that helps: a larger one is taken for it. */
  readonly most?: number;
}

function define<T>(schema: z.ZodType<T>, fallback: T, allowed: string): Definition<T> {
  return { schema, fallback, allowed };
}

/** Whether the file and the workspace weigh in on every token. */
export type WorkspaceMemory = 'auto' | 'on' | 'off';

/** How a server is told of the text after the cursor; the families are those of the prompts. */
export const REMOTE_FIM = [
  ...(['auto', 'suffix', 'prefix'] as const),
  ...(['qwen', 'starcoder', 'santacoder', 'deepseek', 'codellama', 'codestral'] as const),
] as const;
type RemoteFim = (typeof REMOTE_FIM)[number];

/** What the model runs on. */
export type ExecutionProvider = 'auto' | 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml';

/** A setting with a whole number. */
function whole(least: number, most: number, fallback: number): Definition<number> {
  const allowed = `a whole number from ${least} to ${most}`;
  return { ...define<number>(z.int().min(least).max(most), fallback, allowed), most };
}

const definitions = {
  enable: define<boolean>(z.boolean(), true, 'true or false'),
  languages: define<Readonly<Record<string, boolean>>>(
    z.record(z.string(), z.boolean()),
    { '*': true, markdown: true, plaintext: false },
    'an object from language ids to true or false',
  ),
  model: define<string>(z.string().min(1), 'auto', '"auto", "base", "tiny" or the path of a model folder'),
  'drafts.pool': define<readonly string[]>(z.array(z.string().min(1)), [], 'a list of draft ids'),
  policy: define<string>(
    z.string().regex(/^(trained|trained\+online|rule|none|fixed:\S+)$/),
    'trained',
    '"trained", "trained+online", "rule", "none" or "fixed:" and the id of a draft',
  ),
  'completion.maxTokens': whole(1, 1024, 96),
  'completion.multiline': define<Multiline>(
    z.enum(['auto', 'always', 'never']),
    'auto',
    '"auto", "always" or "never"',
  ),
  'completion.debounce': whole(0, 5000, 15),
  eagerness: define<'eager' | 'balanced' | 'quiet' | 'manual'>(
    z.enum(['eager', 'balanced', 'quiet', 'manual']),
    'balanced',
    '"eager", "balanced", "quiet" or "manual"',
  ),
  threads: whole(0, 256, 0),
  executionProvider: define<ExecutionProvider>(
    z.enum(['auto', 'cpu', 'webgpu', 'cuda', 'dml', 'coreml']),
    'cpu',
    '"auto", "cpu", "webgpu", "cuda", "dml" or "coreml"',
  ),
  'index.memory': whole(0, 1024, 64),
  policyFile: define<string>(z.string(), '', 'the path of a policy, or nothing for the bundled one'),
  workspaceMemory: define<WorkspaceMemory>(z.enum(['auto', 'on', 'off']), 'auto', '"auto", "on" or "off"'),
  idleUnload: {
    ...define<number>(z.number().min(0).max(10_000), 30, 'a number from 0 to 10000'),
    most: 10_000,
  } as Definition<number>,
  'remote.url': define<string>(z.string(), '', 'the address of a server, or nothing to use none'),
  'remote.model': define<string>(z.string(), '', 'the name of a model'),
  'remote.fim': define<RemoteFim>(
    z.enum(REMOTE_FIM),
    'auto',
    REMOTE_FIM.map((name) => `"${name}"`).join(', '),
  ),
  'remote.context': whole(256, 20_000, 8192),
  'remote.timeout': whole(200, 60_000, 4000),
  exclude: define<readonly string[]>(z.array(z.string()), SECRET_NAMES, 'a list of patterns'),
};

export type SettingName = keyof typeof definitions;
export type Settings = { readonly [K in SettingName]: (typeof definitions)[K]['fallback'] };

/** A setting whose value cannot be used. */
export interface SettingProblem {
  readonly name: SettingName;
  readonly message: string;
}

export const settingNames = Object.keys(definitions) as readonly SettingName[];

/** The value that holds where none is set. */
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
    const { schema, fallback, allowed, most }: Definition<unknown> = definitions[name];
    const raw = get(name);
    const parsed = schema.safeParse(raw);
    const near = typeof raw === 'number' && most !== undefined && raw > most ? most : undefined;
    values[name] = parsed.success ? parsed.data : (near ?? fallback);
    if (raw !== undefined && !parsed.success) {
      const used = near === undefined ? 'Its default is used.' : `${near} is used.`;
      const message = `The setting slipstream.${name} is ${show(raw)}; allowed is ${allowed}. ${used}`;
      problems.push({ name, message });
    }
  }
  return { settings: values as Settings, problems };
}

/**
 * The languages with one of them turned over. An entry that would say what holds without it goes, so that turning back leaves the
 * setting as it was; undefined where that is the default.
 */
export function turnedOver(
  languages: Settings['languages'],
  language: string,
): Settings['languages'] | undefined {
  const on = !languageIsOn(languages, language);
  const { [language]: _old, ...others } = languages;
  const standard = defaultOf('languages');
  const changed =
    languageIsOn(others, language) === on && !Object.hasOwn(standard, language)
      ? others
      : { ...languages, [language]: on };
  const names = new Set([...Object.keys(standard), ...Object.keys(changed)]);
  return [...names].every((name) => standard[name] === changed[name]) ? undefined : changed;
}

/** Whether completions are wanted in a language: its own entry decides, else the entry for `*`. */
export function languageIsOn(languages: Settings['languages'], language: string): boolean {
  return (Object.hasOwn(languages, language) ? languages[language] : languages['*']) ?? true;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
