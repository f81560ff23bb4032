import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { DraftContext } from '../engine/drafts/draft.ts';
import { Speller } from '../engine/drafts/text/speller.ts';
import { type Bridge, tokensPerToken } from '../engine/drafts/text/textDraft.ts';
import { layoutOf } from '../prompts/completion.ts';
import type { ModelFolder } from '../runtime/modelFolder.ts';
import { Tokenizer } from '../runtime/tokenizer.ts';
import { draftPrompts } from './draftPrompts.ts';

/** Most tokens of a draft's prompt: what stands far from the cursor helps it little, and reading it takes time. */
const PROMPT_TOKENS = 448;
/** Share of a draft's context that its prompt may take; the rest is for the output. */
const PROMPT_SHARE = 0.6;

/** Text by which vocabularies are compared: how many tokens of one a token of the other takes. */
const SAMPLE = `export function total(items: readonly Item[]): number {
  // Sum of all prices, rounded to cents.
  let sum = 0;
  for (const item of items) sum += item.price * item.count;
  return Math.round(sum * 100) / 100;
}
def read_lines(path, encoding="utf-8"):
    with open(path, encoding=encoding) as file:
        return [line.rstrip("\\n") for line in file]
`;

/** A model's tokenizer, and how it spells. */
interface Language {
  readonly tokenizer: Tokenizer;
  readonly speller: Speller;
  readonly prompts: Map<string, (context: DraftContext) => readonly number[]>;
}

/** The bridges from a target's tokens to those of drafts. Drafts with the same tokenizer share what it takes. */
export class Bridges {
  private readonly languages = new Map<string, Language>();
  private ownSpeller: Speller | undefined;

  private constructor(readonly target: Tokenizer) {}

  /** @param folder the target's */
  static async of(folder: ModelFolder, target: Tokenizer): Promise<Bridges> {
    const bridges = new Bridges(target);
    const language = {
      tokenizer: target,
      prompts: new Map(),
      get speller() {
        return bridges.targetSpeller;
      },
    };
    bridges.languages.set(await fingerprint(folder), language);
    return bridges;
  }

  /** How the target spells. It is made when it is first needed. */
  get targetSpeller(): Speller {
    this.ownSpeller ??= new Speller(this.target);
    return this.ownSpeller;
  }

  /** A draft's tokenizer. @throws UserError `model-broken`. */
  async open(folder: ModelFolder): Promise<Language> {
    const key = await fingerprint(folder);
    const known = this.languages.get(key);
    if (known) return known;
    const tokenizer = await Tokenizer.load(folder);
    const language = { tokenizer, speller: new Speller(tokenizer), prompts: new Map() };
    this.languages.set(key, language);
    return language;
  }

  /** The bridge to a draft. @throws UserError `model-broken`. */
  async bridge(folder: ModelFolder): Promise<Bridge> {
    const { tokenizer, speller, prompts } = await this.open(folder);
    const layout = layoutOf(tokenizer, folder);
    const room = Math.floor(PROMPT_SHARE * folder.config.max_position_embeddings);
    const budget = Math.max(1, Math.min(PROMPT_TOKENS, room));
    const key = JSON.stringify([layout, budget]);
    const promptOf = prompts.get(key) ?? draftPrompts(tokenizer, layout, this.target.vocabulary, budget);
    prompts.set(key, promptOf);
    const target = this.targetSpeller;
    return { own: speller, target, promptOf, ownPerToken: tokensPerToken(SAMPLE, speller, target) };
  }
}

async function fingerprint(folder: ModelFolder): Promise<string> {
  const hash = createHash('sha256');
  for (const file of [folder.tokenizer, folder.tokenizerConfig]) hash.update(await readFile(file));
  return hash.digest('hex');
}
