import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { SuffixIndex } from '../../src/engine/drafts/suffixIndex.ts';
import { copies, type WorkspaceFile } from '../../src/learning/memory/places.ts';
import type { BenchPrompt } from '../../src/measure/prompts.ts';
import type { Tokenizer } from '../../src/runtime/tokenizer.ts';

/** Memory of an index of one file. */
const OWN_BYTES = 2 ** 20;

/** The package that a prompt was cut from, as a workspace in which it is being written. */
export class Workspaces {
  private readonly packages = new Map<string, { files: WorkspaceFile[]; copies: Map<string, string[]> }>();
  private readonly coded = new Map<string, readonly number[]>();
  /** What is in the index that was filled last. */
  private held = new Set<string>();

  /** @param folder made by bench/prompts/unpack.ts */
  constructor(
    folder: string,
    private readonly tokenizer: Tokenizer,
  ) {
    for (const name of readdirSync(folder)) {
      const root = path.join(folder, name);
      const entries = readdirSync(root, { recursive: true, withFileTypes: true });
      const files = entries
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath, entry.name))
        .sort()
        .map((file) => ({
          path: path.relative(root, file).replaceAll(path.sep, '/'),
          text: readFileSync(file, 'utf8'),
        }));
      const top = files[0]?.path.split('/')[0];
      if (top !== undefined) this.packages.set(top, { files, copies: copies(files) });
    }
  }

  /** An index of the prompt's own file, without what is to be written. */
  alone(prompt: BenchPrompt): SuffixIndex {
    const index = new SuffixIndex(OWN_BYTES);
    index.put(prompt.path, this.tokenizer.encode(prompt.prefix + prompt.suffix));
    return index;
  }

  /**
   * Make an index hold what an editor would have in it: the prompt's own file without what is to be written, and the other
   * files of its package but for copies of it. Call it with one index only.
   */
  fill(index: SuffixIndex, prompt: BenchPrompt): void {
    const found = this.packages.get(prompt.path.split('/')[0]!);
    if (!found) throw new Error(`the package of ${prompt.path} is not unpacked`);
    const left = new Set([prompt.path, ...(found.copies.get(prompt.path) ?? [])]);
    const wanted = found.files.filter((file) => !left.has(file.path));
    const names = new Set([...wanted.map((file) => file.path), prompt.path]);
    for (const name of this.held) if (!names.has(name)) index.remove(name);
    for (const { path: name, text } of wanted) {
      const tokens = this.coded.get(name) ?? this.tokenizer.encode(text);
      this.coded.set(name, tokens);
      index.put(name, tokens);
    }
    index.put(prompt.path, this.tokenizer.encode(prompt.prefix + prompt.suffix));
    this.held = names;
  }
}
