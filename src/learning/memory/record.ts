import { SuffixIndex } from '../../engine/drafts/copying/suffixIndex.ts';
import { Evidence } from '../../engine/memory/evidence.ts';
import { prefill } from '../../engine/reading.ts';
import { promptBudget } from '../../inference/jobs.ts';
import type { Pipeline } from '../../inference/pipeline.ts';
import { completionPrompt } from '../../prompts/completion.ts';
import { Copies, type WorkspaceFile } from '../workspace.ts';
import type { Examples } from './examples.ts';
import type { CutPlace } from './places.ts';

/** Tokens of a place that are looked at. */
const MOST_TOKENS = 48;
/** Memory of the index of the request's file alone. */
const OWN_BYTES = 2 ** 20;

/**
 * Lets the target read what was written at each place and records what it and the memory said of every token: once with the
 * file alone, once with the other files of the workspace too.
 */
export async function recordWorkspace(
  pipeline: Pipeline,
  files: readonly WorkspaceFile[],
  places: readonly CutPlace[],
  examples: Examples,
  signal: AbortSignal,
): Promise<void> {
  const { tokenizer } = pipeline;
  const copies = new Copies(files);
  const index = new SuffixIndex();
  const coded = new Map(files.map(({ path, text }) => [path, tokenizer.encode(text)]));
  for (const [path, tokens] of coded) index.put(path, tokens);
  for (const place of places) {
    if (signal.aborted) return;
    const { path } = place.file;
    const near = copies.of(place.file);
    for (const copy of near) index.remove(copy);
    const own = tokenizer.encode(place.prefix + place.suffix);
    const alone = new SuffixIndex(OWN_BYTES);
    alone.put(path, own);
    index.put(path, own);
    await recordPlace(pipeline, place, [alone, index], examples, signal);
    for (const name of [...near, path]) index.put(name, coded.get(name)!);
  }
}

async function recordPlace(
  pipeline: Pipeline,
  { file, prefix, written, suffix }: CutPlace,
  indexes: readonly SuffixIndex[],
  examples: Examples,
  signal: AbortSignal,
): Promise<void> {
  const { tokenizer, target, trie, layout } = pipeline;
  const text = { path: file.path, prefix, suffix };
  const budget = promptBudget(pipeline, MOST_TOKENS);
  const { tokens: prompt, required } = trie.heal(completionPrompt(tokenizer, layout, text, budget));
  const path = tokenizer.encode(Buffer.from(required).toString('utf8') + written).slice(0, MOST_TOKENS);
  const { whole } = await prefill(target, prompt, signal);
  if (path.length === 0 || !whole) return;
  const scores = await target.score([prompt[prompt.length - 1]!, ...path.slice(0, -1)], 'logits');
  const evidence = indexes.map((index) => new Evidence(prompt, index, file.path));
  for (const [at, token] of path.entries()) {
    // While text before the cursor is written again the choice is not among all tokens.
    if (at > 0 || required.length === 0) {
      const logits = scores.logits(at);
      const top = logits[scores.argmax(at)]!;
      let mass = 0;
      for (const logit of logits) mass += Math.exp(logit - top);
      for (const each of evidence) {
        const { count } = each;
        const named = [...each.tokens.subarray(0, count)];
        const gaps = named.map((candidate) => top - logits[candidate]!);
        examples.add({ mass, written: named.indexOf(token), count }, gaps, (i, row) =>
          each.features(i, gaps[i]!, row),
        );
      }
    }
    for (const each of evidence) each.commit(token);
  }
}
