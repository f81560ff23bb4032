// This folder: which files may be read: names that hold secrets, patterns, what git ignores.

import ignore, { type Ignore } from 'ignore';
import { namesBefore, SECRET_NAMES } from './secretNames.ts';

/** Files that are never read: neither completed nor used as context. Patterns as in .gitignore, without regard to case. */
export class Exclusion {
  private readonly rules: Ignore;

  constructor(patterns: readonly string[]) {
    this.rules = ignore().add([...patterns]);
  }

  /** Files that hold secrets by their names, and what else is excluded; a pattern with `!` takes one in again. */
  static withSecrets(patterns: readonly string[]): Exclusion {
    return new Exclusion([...SECRET_NAMES, ...patterns]);
  }

  /** @param path relative to the workspace folder, or absolute for a file outside of it */
  excludes(path: string): boolean {
    const relative = toRelative(path);
    if (relative === '') return false;
    const { ignored, unignored } = this.test(relative);
    if (ignored || unignored) return ignored;
    // A copy is as secret as what it was made of.
    return namesBefore(relative).some((name) => this.test(name).ignored);
  }

  private test(path: string) {
    return ignore.isPathValid(path) ? this.rules.test(path) : { ignored: false, unignored: false };
  }
}

/** The patterns speak of relative paths, so a root, a drive or a way up is taken off. */
function toRelative(path: string): string {
  return (
    path
      .replaceAll('\\', '/')
      .replace(/^[a-zA-Z]:/, '')
      .replace(/^(\.{0,2}\/)+/, '')
      // Windows leaves out dots and spaces at the end, and what follows a colon is a stream of the file.
      .replace(/(?::[^/]*|[. ]+)$/, '')
  );
}
