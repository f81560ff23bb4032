import { realpathSync } from 'node:fs';
import path from 'node:path';
import { GitIgnores, repositoryOf } from './git.ts';

/** Lists outside of the workspace are not watched: after this long they are read again, in milliseconds. */
const FRESH = 60_000;

/** Whether git ignores a file, wherever it lies. What git says is kept for a while. */
export class IgnoredFiles {
  private readonly repositories = new Map<string, { readonly git: GitIgnores; readonly since: number }>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Answered at once where no repository is around. @param file absolute; a link is followed too. */
  has(file: string): boolean | Promise<boolean> {
    const places = new Set([file, realOf(file)]);
    const tops = [...places].flatMap((place) => {
      const top = repositoryOf(path.dirname(place));
      return top === undefined ? [] : [{ place, top }];
    });
    return tops.length > 0 && this.anyIgnored(tops);
  }

  reset(): void {
    this.repositories.clear();
  }

  private async anyIgnored(tops: readonly { place: string; top: string }[]): Promise<boolean> {
    for (const { place, top } of tops) if (await this.gitOf(top).ignores(place)) return true;
    return false;
  }

  private gitOf(top: string): GitIgnores {
    const kept = this.repositories.get(top);
    if (kept && this.now() - kept.since < FRESH) return kept.git;
    const git = new GitIgnores(top);
    this.repositories.set(top, { git, since: this.now() });
    return git;
  }
}

function realOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}
