import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** What `.gitignore` files say below a folder, and above it up to the top of the repository. */
export class GitIgnores {
  /** Rules by folder; undefined where there are none. */
  private readonly rules = new Map<string, Promise<Ignore | undefined>>();
  /** Folder where the paths that the rules speak of begin. */
  private readonly top: string;

  /** @param root absolute */
  constructor(root: string) {
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
    if (parts[0] === '' || parts[0] === '..') return false;
    for (let depth = parts.length - 1; depth >= 0; depth--) {
      const rules = await this.rulesOf(path.join(this.top, ...parts.slice(0, depth)));
      const verdict = rules?.test(parts.slice(depth).join('/') + (isFolder ? '/' : ''));
      if (verdict?.ignored) return true;
      if (verdict?.unignored) return false;
    }
    return false;
  }

  private rulesOf(folder: string): Promise<Ignore | undefined> {
    let rules = this.rules.get(folder);
    if (!rules) {
      rules = this.read(folder);
      this.rules.set(folder, rules);
    }
    return rules;
  }

  private async read(folder: string): Promise<Ignore | undefined> {
    const files = [path.join(folder, '.gitignore')];
    if (folder === this.top) files.unshift(path.join(folder, '.git', 'info', 'exclude'));
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
    return texts.some((text) => text.trim() !== '') ? ignore().add(texts.join('\n')) : undefined;
  }
}

/** The folder at or above `folder` that holds a repository. */
function repositoryOf(folder: string): string | undefined {
  for (let at = folder; ; at = path.dirname(at)) {
    if (existsSync(path.join(at, '.git'))) return at;
    if (at === path.dirname(at)) return undefined;
  }
}
