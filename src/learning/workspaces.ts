import { SuffixIndex } from '../engine/drafts/copying/suffixIndex.ts';
import { UserError } from '../errors.ts';
import { type BenchPrompt, spread } from '../measure/prompts.ts';
import type { Tokenizer } from '../runtime/tokenizer.ts';
import { Copies, readWorkspace, type WorkspaceFile } from './workspace.ts';

/** Memory of an index of one file, in bytes. */
const OWN_BYTES = 2 ** 20;
/** Characters of a workspace that are shown, at most: they fit into an index of the standard size. */
const MOST_CHARS = 8_000_000;

interface Workspace {
  /** The files that are shown: all, or as many as fit, taken at even distances. */
  readonly shown: readonly WorkspaceFile[];
  readonly copies: Copies;
}

/** The folders that prompts were cut from, each a workspace in which a prompt is being written. */
export class Workspaces {
  private readonly files = new Map<string, { readonly file: WorkspaceFile; readonly workspace: Workspace }>();
  private readonly coded = new Map<string, readonly number[]>();
  /** What is in the index that was filled last. */
  private held = new Set<string>();

  private constructor(
    folders: readonly (readonly WorkspaceFile[])[],
    private readonly tokenizer: Tokenizer,
    mostChars: number,
  ) {
    for (const files of folders) {
      const chars = files.reduce((sum, { text }) => sum + text.length, 0);
      const shown = spread(files, Math.floor((files.length * mostChars) / Math.max(1, chars)));
      const workspace = { shown, copies: new Copies(shown) };
      for (const file of files) this.files.set(file.path, { file, workspace });
    }
  }

  /**
   * @param folders one for each workspace, as bench/prompts/unpack.ts makes them; without any a prompt has its own file only.
   * @param mostChars characters of a workspace that are shown, about.
   * @throws UserError `no-sources`.
   */
  static async read(
    folders: readonly string[],
    tokenizer: Tokenizer,
    mostChars = MOST_CHARS,
  ): Promise<Workspaces> {
    const files: WorkspaceFile[][] = [];
    for (const folder of [...folders].sort()) {
      const found = await readWorkspace(folder);
      if (found.length === 0) {
        throw new UserError(
          'no-sources',
          `${folder} holds no source files for a workspace. Name another folder, or none.`,
        );
      }
      files.push(found);
    }
    return new Workspaces(files, tokenizer, mostChars);
  }

  /** One workspace of files that were read. */
  static of(files: readonly WorkspaceFile[], tokenizer: Tokenizer): Workspaces {
    return new Workspaces([files], tokenizer, MOST_CHARS);
  }

  /** An index of the prompt's own file, without what is to be written. */
  alone(prompt: BenchPrompt): SuffixIndex {
    const index = new SuffixIndex(OWN_BYTES);
    index.put(prompt.path, this.own(prompt));
    return index;
  }

  /**
   * Make an index hold what an editor would have in it: the prompt's own file without what is to be written, and the other
   * files of its workspace but for copies of it. Call it with one index only.
   * @throws UserError `no-workspace`.
   */
  fill(index: SuffixIndex, prompt: BenchPrompt): void {
    const others = this.others(prompt.path);
    const names = new Set([...others.map((file) => file.path), prompt.path]);
    for (const name of this.held) if (!names.has(name)) index.remove(name);
    for (const { path: name, text } of others) {
      const tokens = this.coded.get(name) ?? this.tokenizer.encode(text);
      this.coded.set(name, tokens);
      index.put(name, tokens);
    }
    index.put(prompt.path, this.own(prompt));
    this.held = names;
  }

  private own({ prefix, suffix }: BenchPrompt): readonly number[] {
    return this.tokenizer.encode(prefix + suffix);
  }

  private others(path: string): readonly WorkspaceFile[] {
    if (this.files.size === 0) return [];
    const found = this.files.get(path);
    if (!found) {
      throw new UserError(
        'no-workspace',
        `${path} is in none of the workspaces. Name the folder that it was cut from, or none.`,
      );
    }
    const { file, workspace } = found;
    const left = new Set([path, ...workspace.copies.of(file)]);
    return workspace.shown.filter((each) => !left.has(each.path));
  }
}
