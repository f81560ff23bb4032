import ignore, { type Ignore } from 'ignore';

/** Files that are never sent to the worker: neither completed nor used as context. Patterns as in .gitignore. */
export class Exclusion {
  private readonly rules: Ignore;

  constructor(patterns: readonly string[]) {
    this.rules = ignore().add([...patterns]);
  }

  /** @param path relative to the workspace folder, or absolute for a file outside of it */
  excludes(path: string): boolean {
    const relative = toRelative(path);
    return relative !== '' && ignore.isPathValid(relative) && this.rules.ignores(relative);
  }
}

/** The patterns speak of relative paths, so a root, a drive or a way up is taken off. */
function toRelative(path: string): string {
  return path
    .replaceAll('\\', '/')
    .replace(/^[a-zA-Z]:/, '')
    .replace(/^(\.{0,2}\/)+/, '');
}
