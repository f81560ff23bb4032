import { SuffixIndex } from '../engine/drafts/suffixIndex.ts';
import { UserError } from '../errors.ts';
import type { BenchPrompt } from '../measure/prompts.ts';
import type { Tokenizer } from '../runtime/tokenizer.ts';
import { copies, readWorkspace, type WorkspaceFile } from './workspace.ts';

/** Memory of an index of one file, in bytes. */
const OWN_BYTES = 2 ** 20;

/** The folders that prompts were cut from, each a workspace in which a prompt is being written. */
export class Workspaces {
  private readonly folders = new Map<string, readonly WorkspaceFile[]>();
  private readonly copied = new Map<readonly WorkspaceFile[], Map<string, string[]>>();
  private readonly coded = new Map<string, readonly number[]>();
  /** What is in the index that was filled last. */
  private held = new Set<string>();

  private constructor(
    files: readonly (readonly WorkspaceFile[])[],
    private readonly tokenizer: Tokenizer,
  ) {
    for (const folder of files) for (const file of folder) this.folders.set(file.path, folder);
  }

  /**
   * @param folders one for each workspace, as bench/prompts/unpack.ts makes them; without any a prompt has its own file only.
   */
  static async read(folders: readonly string[], tokenizer: Tokenizer): Promise<Workspaces> {
    const files: WorkspaceFile[][] = [];
    for (const folder of [...folders].sort()) files.push(await readWorkspace(folder));
    return new Workspaces(files, tokenizer);
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

  private others(file: string): readonly WorkspaceFile[] {
    if (this.folders.size === 0) return [];
    const files = this.folders.get(file);
    if (!files) {
      throw new UserError(
        'no-workspace',
        `${file} is in none of the workspaces. Name the folder that it was cut from, or none.`,
      );
    }
    const near = this.copied.get(files) ?? copies(files);
    this.copied.set(files, near);
    const left = new Set([file, ...near.get(file)!]);
    return files.filter((each) => !left.has(each.path));
  }
}
