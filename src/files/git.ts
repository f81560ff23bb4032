import { existsSync, readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** Where git's own settings are; tests choose others. */
export interface GitHome {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * What git is told to leave alone below a folder, and above it up to the top of the repository: by `.gitignore` files, by the
 * repository's own list and by the user's list for all repositories.
 */
export class GitIgnores {
  /** Rules by folder; undefined where there are none. */
  private readonly rules = new Map<string, Promise<Ignore | undefined>>();
  /** Folder where the paths that the rules speak of begin. */
  readonly top: string;
  private everywhere: Promise<Ignore | undefined> | undefined;

  /** @param root absolute */
  constructor(
    root: string,
    private readonly home: GitHome = { home: os.homedir(), env: process.env },
  ) {
    this.top = repositoryOf(root) ?? root;
  }

  /** Whether git ignores a file, or a folder above it. @param file absolute, below the root */
  async ignores(file: string): Promise<boolean> {
    const parts = path.relative(this.top, file).split(path.sep);
    for (let depth = 1; depth <= parts.length; depth++) {
      const isFolder = depth < parts.length;
      if (await this.ignoresItself(path.join(this.top, ...parts.slice(0, depth)), isFolder)) return true;
    }
    return false;
  }

  /** Whether git ignores a path, given that it ignores no folder above it. The innermost file decides. */
  async ignoresItself(file: string, isFolder: boolean): Promise<boolean> {
    const parts = path.relative(this.top, file).split(path.sep);
    if (parts[0] === '' || parts[0] === '..' || path.isAbsolute(parts[0]!)) return false;
    const below = (depth: number) => parts.slice(depth).join('/') + (isFolder ? '/' : '');
    for (let depth = parts.length - 1; depth >= 0; depth--) {
      const rules = await this.rulesOf(path.join(this.top, ...parts.slice(0, depth)));
      const verdict = rules?.test(below(depth));
      if (verdict?.ignored) return true;
      if (verdict?.unignored) return false;
    }
    this.everywhere ??= read(excludesFiles(this.top, this.home));
    return (await this.everywhere)?.ignores(below(0)) ?? false;
  }

  private rulesOf(folder: string): Promise<Ignore | undefined> {
    let rules = this.rules.get(folder);
    if (!rules) {
      const own = ownFolder(folder);
      // The later files count more.
      rules = read([...(own ? [path.join(own, 'info', 'exclude')] : []), path.join(folder, '.gitignore')]);
      this.rules.set(folder, rules);
    }
    return rules;
  }
}

async function read(files: readonly string[]): Promise<Ignore | undefined> {
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  // A byte order mark is no part of the first pattern.
  const text = texts.map((each) => each.replace(/^\ufeff/, '')).join('\n');
  return text.trim() === '' ? undefined : ignore({ allowRelativePaths: true }).add(text);
}

/** The folder at or above `folder` that holds a repository. */
export function repositoryOf(folder: string): string | undefined {
  for (let at = folder; ; at = path.dirname(at)) {
    if (existsSync(path.join(at, '.git'))) return at;
    if (at === path.dirname(at)) return undefined;
  }
}

/** Where the repository whose top a folder is keeps what belongs to all its work trees; undefined for any other folder. */
function ownFolder(folder: string): string | undefined {
  const place = path.join(folder, '.git');
  try {
    if (statSync(place).isDirectory()) return place;
    // A work tree or a submodule: a file that says where.
    const target = /^gitdir:\s*(.+?)\s*$/m.exec(readFileSync(place, 'utf8'))?.[1];
    if (target === undefined) return undefined;
    const own = path.resolve(folder, target);
    const common = path.join(own, 'commondir');
    return existsSync(common) ? path.resolve(own, readFileSync(common, 'utf8').trim()) : own;
  } catch {
    return undefined;
  }
}

/** The files with patterns for all repositories: those that git's settings name, else the usual one. */
function excludesFiles(top: string, { home, env }: GitHome): string[] {
  const settings = env.XDG_CONFIG_HOME || path.join(home, '.config');
  const own = ownFolder(top);
  const configurations = [
    '/etc/gitconfig',
    path.join(settings, 'git', 'config'),
    path.join(home, '.gitconfig'),
    ...(own ? [path.join(own, 'config')] : []),
  ];
  const named = configurations.flatMap((file) => excludesFile(file) ?? []).at(-1);
  if (named === undefined) return [path.join(settings, 'git', 'ignore')];
  return [path.resolve(home, named.replace(/^~(?=\/|\\|$)/, home))];
}

/** `core.excludesFile` of a file of git's settings. */
function excludesFile(file: string): string | undefined {
  let section = '';
  let found: string | undefined;
  try {
    for (const line of readFileSync(file, 'utf8').split(/\r?\n/)) {
      section = /^\s*\[\s*([\w.-]+)/.exec(line)?.[1]?.toLowerCase() ?? section;
      const value = /^\s*(?:\[[^\]]*\]\s*)?excludesfile\s*=\s*(.*?)\s*$/i.exec(line)?.[1];
      if (section === 'core' && value !== undefined)
        found = value.replace(/^"(.*)"$/, '$1').replaceAll('\\\\', '\\');
    }
  } catch {
    return undefined;
  }
  return found;
}
