import { type GgufFile, unsupported } from './ggufFile.ts';
import { WORD_PATTERNS } from './wordPatterns.ts';

/** The tokenizer of a file in the hub's two files. */
export interface TokenizerFiles {
  /** Content of `tokenizer.json`, and of `tokenizer_config.json`. */
  readonly tokenizer: object;
  readonly settings: object;
  /** Tokens that end a text. */
  readonly ends: readonly number[];
  /** Whether there is a template for talks. */
  readonly chats: boolean;
}

/** Kinds of tokens by llama.cpp's numbers: without text, and added by the model's makers. */
const CONTROL = 3;
const USER_DEFINED = 4;

/** Tokens that end a text in some families, beside those that the header names. */
const ENDS = ['<|endoftext|>', '<|im_end|>', '<|eot_id|>', '<|end_of_text|>', '</s>', '<|EOT|>'];

/** The hub's tokenizer files for a GGUF file's vocabulary. @throws UserError `model-unsupported`. */
export function tokenizerFiles(gguf: GgufFile): TokenizerFiles {
  const tokens = texts(gguf, 'tokenizer.ggml.tokens');
  const kinds = numbers(gguf, 'tokenizer.ggml.token_type');
  const model = gguf.text('tokenizer.ggml.model');
  const added = tokens.flatMap((content, id) => {
    const special = kinds[id] === CONTROL;
    if (!special && kinds[id] !== USER_DEFINED) return [];
    return [{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special }];
  });
  const name = (key: string) => {
    const id = gguf.number(`tokenizer.ggml.${key}_token_id`, -1);
    return tokens[id];
  };
  const bos = name('bos');
  const parts = partsOf(gguf, model, tokens);
  const begins = (gguf.facts.get('tokenizer.ggml.add_bos_token') ?? parts.beginsWithBos) === true;
  const template = gguf.text('tokenizer.chat_template');
  const frame = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added,
    post_processor: begins && bos !== undefined ? beginning(bos, tokens.indexOf(bos)) : null,
  };
  const settings = {
    tokenizer_class: 'PreTrainedTokenizerFast',
    model_max_length: gguf.number(`${gguf.text('general.architecture')}.context_length`),
    ...named('bos_token', bos),
    ...named('eos_token', name('eos')),
    ...named('unk_token', name('unknown')),
    ...named('pad_token', name('padding')),
    add_bos_token: false,
    clean_up_tokenization_spaces: false,
    ...named('chat_template', template),
  };
  const ends = new Set(ENDS.map((end) => tokens.indexOf(end)));
  for (const key of ['eos', 'eot']) ends.add(gguf.number(`tokenizer.ggml.${key}_token_id`, -1));
  ends.delete(-1);
  return {
    tokenizer: { ...frame, ...parts.description },
    settings,
    ends: [...ends].sort((a, b) => a - b),
    chats: template !== undefined,
  };
}

/** What puts a token in front of every text. */
function beginning(token: string, id: number): object {
  const special = { SpecialToken: { id: token, type_id: 0 } };
  return {
    type: 'TemplateProcessing',
    single: [special, { Sequence: { id: 'A', type_id: 0 } }],
    pair: [special, { Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 0 } }],
    special_tokens: { [token]: { id: token, ids: [id], tokens: [token] } },
  };
}

function named(key: string, value: string | undefined): object {
  return value === undefined ? {} : { [key]: value };
}

interface Parts {
  readonly description: object;
  /** Whether models with such a tokenizer begin texts with a token unless the header says otherwise. */
  readonly beginsWithBos: boolean;
}

function partsOf(gguf: GgufFile, model: string | undefined, tokens: readonly string[]): Parts {
  if (model === 'gpt2') return byteLevel(gguf, tokens);
  if (model === 'llama') return sentencePiece(gguf, tokens);
  throw unsupported(gguf.file, `its tokenizer is of the kind «${model ?? 'none'}», which is not known here`);
}

/** Byte-level BPE, as GPT-2 has it. */
function byteLevel(gguf: GgufFile, tokens: readonly string[]): Parts {
  const pre = gguf.text('tokenizer.ggml.pre') ?? 'gpt-2';
  const words = Object.hasOwn(WORD_PATTERNS, pre) ? WORD_PATTERNS[pre] : undefined;
  if (!words)
    throw unsupported(gguf.file, `its tokenizer cuts words in a way («${pre}») that is not known here`);
  const bytes = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false };
  const splits = words.expressions.map((Regex) => ({
    type: 'Split',
    pattern: { Regex },
    behavior: 'Isolated',
    invert: false,
  }));
  const description = {
    normalizer: null,
    pre_tokenizer: { type: 'Sequence', pretokenizers: [...splits, bytes] },
    decoder: bytes,
    model: bpe(tokens, texts(gguf, 'tokenizer.ggml.merges'), {
      byte_fallback: false,
      ignore_merges: words.wholeWords,
    }),
  };
  return { description, beginsWithBos: pre.startsWith('llama') };
}

/**
 * SentencePiece's BPE. The file has scores in place of merges: the higher the score of what two tokens make together, the earlier
 * they are joined. No space is put in front of a text, since what is completed stands in the middle of one.
 */
function sentencePiece(gguf: GgufFile, tokens: readonly string[]): Parts {
  const scores = numbers(gguf, 'tokenizer.ggml.scores');
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const merges: { readonly pair: string; readonly score: number; readonly left: number }[] = [];
  for (const [id, token] of tokens.entries()) {
    const letters = [...token];
    for (let cut = 1; cut < letters.length; cut++) {
      const left = letters.slice(0, cut).join('');
      const right = letters.slice(cut).join('');
      const known = ids.has(left) && ids.has(right);
      if (known) merges.push({ pair: `${left} ${right}`, score: scores[id] ?? 0, left: ids.get(left)! });
    }
  }
  merges.sort((a, b) => b.score - a.score || a.left - b.left);
  const description = {
    normalizer: { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
    pre_tokenizer: null,
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
      ],
    },
    model: bpe(
      tokens,
      merges.map(({ pair }) => pair),
      { byte_fallback: true, fuse_unk: true },
    ),
  };
  return { description, beginsWithBos: true };
}

function bpe(tokens: readonly string[], merges: readonly string[], more: object): object {
  return {
    type: 'BPE',
    dropout: null,
    unk_token: null,
    continuing_subword_prefix: '',
    end_of_word_suffix: '',
    fuse_unk: false,
    vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
    merges,
    ...more,
  };
}

function texts(gguf: GgufFile, key: string): readonly string[] {
  const value = gguf.facts.get(key);
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value;
  throw unsupported(gguf.file, `its header has no list ${key}, so there is no tokenizer in it`);
}

function numbers(gguf: GgufFile, key: string): readonly number[] {
  const value = gguf.facts.get(key) ?? [];
  if (Array.isArray(value) && value.every((each) => typeof each === 'number')) return value;
  throw unsupported(gguf.file, `its header has a broken list ${key}`);
}
