import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { PreTrainedTokenizer } from '@xenova/transformers';
import * as z from 'zod';
import type { Vocabulary } from '../engine/target.ts';
import { causeOf, UserError } from '../errors.ts';
import { MOST_TOKENS } from './modelConfig.ts';
import type { ModelFolder } from './modelFolder.ts';
import { readJson } from './readJson.ts';

const tokenId = z.number().int().min(0).max(MOST_TOKENS);
const addedToken = z.object({
  id: tokenId,
  content: z.string(),
  special: z.boolean().default(false),
});

/** The parts of `tokenizer.json` that are looked at here; the rest is the tokenizer library's. */
const tokenizerSchema = z.looseObject({
  added_tokens: z.array(addedToken).default([]),
  decoder: z
    .looseObject({ type: z.string(), decoders: z.array(z.looseObject({ type: z.string() })).optional() })
    .nullish(),
  model: z.looseObject({
    vocab: z.union([
      z.record(z.string(), tokenId),
      z.array(z.tuple([z.string(), z.number()])).transform((pairs) => {
        return Object.fromEntries(pairs.map(([token], id) => [token, id]));
      }),
    ]),
  }),
});
type TokenizerFile = z.infer<typeof tokenizerSchema>;

/** Control tokens by their usual spelling; some models do not mark them as special. */
const CONTROL = /^<\|.*\|>$|^<\/?s>$|^<[｜_].*[｜_]>$/;

/** Text to tokens and back for one model. */
export class Tokenizer {
  readonly vocabulary: Vocabulary;
  /** Tokens that have no text: to generate one is to have reached the end of the text. */
  readonly controlTokens: ReadonlySet<number>;
  /** Control tokens that the model was trained to find at the start of every text. */
  readonly begin: readonly number[];
  private readonly byName: ReadonlyMap<string, number>;
  private readonly controlNames: RegExp | undefined;

  private constructor(
    private readonly inner: PreTrainedTokenizer,
    file: TokenizerFile,
    /** The chat template's source, when the model has one. */
    readonly chatTemplate: string | undefined,
  ) {
    const control = file.added_tokens.filter((token) => token.special || CONTROL.test(token.content));
    this.controlTokens = new Set(control.map((token) => token.id));
    this.byName = new Map(file.added_tokens.map((token) => [token.content, token.id]));
    this.vocabulary = byteVocabulary(file, this.controlTokens);
    const whole = inner.encode('a', { add_special_tokens: true });
    const first = whole.findIndex((token) => !this.controlTokens.has(token));
    this.begin = whole.slice(0, Math.max(0, first));
    if (control.length > 0) {
      this.controlNames = new RegExp(control.map((token) => escapeRegExp(token.content)).join('|'), 'g');
    }
  }

  /** @throws UserError `model-broken` when a file cannot be used. */
  static async load(folder: ModelFolder): Promise<Tokenizer> {
    const file = await readJson(folder.tokenizer, tokenizerSchema);
    const config = await readJson(
      folder.tokenizerConfig,
      z.looseObject({ chat_template: z.unknown() }).partial(),
    );
    // The library loads the runtime's native library as soon as it is named: not before it is needed.
    const { PreTrainedTokenizer } = await import('@xenova/transformers');
    try {
      const template = await chatTemplate(folder, config.chat_template);
      const settings = template === undefined ? config : { ...config, chat_template: template };
      return new Tokenizer(new PreTrainedTokenizer(file, settings), file, template);
    } catch (error) {
      throw new UserError(
        'model-broken',
        `${folder.tokenizer} cannot be used (${causeOf(error)}). Correct it, or copy the model again.`,
        { cause: error },
      );
    }
  }

  /**
   * Tokens of plain text. Text that spells a control token, for instance in the source of a tokenizer, stays
   * text: a file must not be able to steer the model.
   */
  encode(text: string): number[] {
    if (!this.controlNames) return this.encodePiece(text);
    const tokens: number[] = [];
    let from = 0;
    for (const match of text.matchAll(this.controlNames)) {
      // One character of the name goes with the piece before it, so that no piece holds the whole name.
      tokens.push(...this.encodePiece(text.slice(from, match.index + 1)));
      from = match.index + 1;
    }
    return tokens.concat(this.encodePiece(text.slice(from)));
  }

  /** Tokens of a template of ours, in which control tokens are meant. */
  encodeTemplate(text: string): number[] {
    return this.encodePiece(text);
  }

  /** Id of a control token, or undefined when this vocabulary has none of that name. */
  control(name: string): number | undefined {
    return this.byName.get(name);
  }

  /**
   * The chat template applied to one user message. A control token that the message spells is parted by a space, so that it
   * cannot end the message.
   * @throws UserError `model-broken` when the template is.
   */
  chatPrompt(message: string): number[] {
    const content = this.controlNames
      ? message.replace(this.controlNames, (name) => name.replace(/^./su, '$& '))
      : message;
    return this.encodePiece(this.inChat(content));
  }

  private inChat(content: string): string {
    try {
      return String(
        this.inner.apply_chat_template([{ role: 'user', content }], {
          tokenize: false,
          add_generation_prompt: true,
        }),
      );
    } catch (error) {
      throw new UserError(
        'model-broken',
        `The model's chat template cannot be used (${causeOf(error)}). Correct it, or copy the model again.`,
        { cause: error },
      );
    }
  }

  private encodePiece(text: string): number[] {
    return text === '' ? [] : this.inner.encode(text, { add_special_tokens: false });
  }
}

const namedTemplates = z.array(z.looseObject({ name: z.string(), template: z.string() }));

/** The template for talks, wherever a model keeps it: in its settings, as one of several there, or in a file of its own. */
async function chatTemplate(folder: ModelFolder, told: unknown): Promise<string | undefined> {
  if (typeof told === 'string') return told;
  const several = namedTemplates.safeParse(told);
  if (several.success) return several.data.find(({ name }) => name === 'default')?.template;
  const file = path.join(folder.path, 'chat_template.jinja');
  return existsSync(file) ? await readFile(file, 'utf8') : undefined;
}

/** Whether two tokenizers give every id the same text, so that one model's tokens can be shown to the other. */
export function sameVocabulary(a: Vocabulary, b: Vocabulary): boolean {
  if (a.size !== b.size) return false;
  for (let token = 0; token < a.size; token++) {
    if (Buffer.compare(a.bytes(token), b.bytes(token)) !== 0) return false;
  }
  return true;
}

function byteVocabulary(file: TokenizerFile, control: ReadonlySet<number>): Vocabulary {
  const types = [file.decoder?.type, ...(file.decoder?.decoders ?? []).map((decoder) => decoder.type)];
  const toBytes = types.includes('ByteLevel') ? byteLevelBytes() : metaspaceBytes;
  const table: Uint8Array[] = [];
  for (const [token, id] of Object.entries(file.model.vocab)) table[id] = toBytes(token);
  for (const token of file.added_tokens) {
    table[token.id] = control.has(token.id) ? new Uint8Array() : Buffer.from(token.content, 'utf8');
  }
  const nothing = new Uint8Array();
  return { size: table.length, bytes: (token) => table[token] ?? nothing };
}

/** Byte-level BPE writes each byte as a printable character (GPT-2, Radford et al., 2019); this undoes it. */
function byteLevelBytes(): (token: string) => Uint8Array {
  const byteOf = new Map<string, number>();
  let extra = 0;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    byteOf.set(String.fromCodePoint(printable ? byte : 256 + extra++), byte);
  }
  return (token) => Uint8Array.from([...token].map((char) => byteOf.get(char) ?? 0x3f));
}

/** SentencePiece style: `▁` is a space and `<0x0A>` a byte. */
function metaspaceBytes(token: string): Uint8Array {
  const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(token);
  if (byte) return Uint8Array.of(Number.parseInt(byte[1]!, 16));
  return Buffer.from(token.replaceAll('▁', ' '), 'utf8');
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
