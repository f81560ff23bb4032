import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { toLineFeeds } from '../files/lineEnds.ts';
import { spread } from '../measure/prompts.ts';
import { withoutSecrets } from '../secrets/scan.ts';
import { LEAST_FILE, sourceFiles } from './sourceFiles.ts';

/** A file of a workspace. */
export interface WorkspaceFile {
  /** Path inside the workspace, `/` between folders. */
  readonly path: string;
  readonly text: string;
}

/** Lines shorter than this say nothing of whether two files are copies. */
const TELLING_CHARS = 10;
/** Share of lines in common from which one file is taken for a copy of another. */
const COPIED = 0.5;
/** Fewer lines in common say nothing. */
const LEAST_COMMON = 3;

/**
 * The source files of a folder, in the order of their paths, but for very short ones; without what looks like a secret.
 * @param excluded as {@link sourceFiles} takes them. @param most files; of more those at even distances are read.
 * @throws UserError `no-folder`.
 */
export async function readWorkspace(
  folder: string,
  excluded: readonly string[] = [],
  most = Number.POSITIVE_INFINITY,
): Promise<WorkspaceFile[]> {
  const files: WorkspaceFile[] = [];
  for (const file of spread(await sourceFiles(folder, excluded), most)) {
    const text = withoutSecrets(toLineFeeds(await readFile(path.join(folder, file), 'utf8')));
    if (text.length > LEAST_FILE) files.push({ path: file, text });
  }
  return files;
}

/**
 * Finds the files that are copies of a file, or it of them: built from the same source, say. In a workspace that one is about
 * to write they would not be there. Takes time in proportion to the text, however many files there are.
 */
export class Copies {
  private readonly sizes: number[] = [];
  /** Line to the numbers of the files that have it. */
  private readonly holders = new Map<string, number[]>();

  constructor(private readonly files: readonly WorkspaceFile[]) {
    for (const [number, { text }] of files.entries()) {
      const lines = tellingLines(text);
      this.sizes.push(lines.size);
      for (const line of lines) {
        const holders = this.holders.get(line);
        if (holders) holders.push(number);
        else this.holders.set(line, [number]);
      }
    }
  }

  /** Paths of the copies of a file, which need not be among the files itself. */
  of({ path: own, text }: WorkspaceFile): string[] {
    const lines = tellingLines(text);
    const common = new Uint32Array(this.files.length);
    for (const line of lines) for (const number of this.holders.get(line) ?? []) common[number]!++;
    return this.files
      .filter((file, number) => {
        const small = Math.min(lines.size, this.sizes[number]!);
        return file.path !== own && common[number]! >= Math.max(LEAST_COMMON, COPIED * small);
      })
      .map((file) => file.path);
  }
}

function tellingLines(text: string): Set<string> {
  return new Set(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter(({ length }) => length > TELLING_CHARS),
  );
}
