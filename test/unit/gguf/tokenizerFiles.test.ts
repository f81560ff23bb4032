import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { tokenizerFiles } from '../../../src/gguf/tokenizerFiles.ts';
import { WORD_PATTERNS } from '../../../src/gguf/wordPatterns.ts';
import { type Changes, Files, refusal } from './files.ts';

const files = new Files();
after(() => files.remove());

/** What is looked at of `tokenizer.json`. */
interface Tokenizer {
  readonly added_tokens: readonly { id: number; content: string; special: boolean }[];
  readonly post_processor: { single: object[]; special_tokens: Record<string, { ids: number[] }> } | null;
  readonly pre_tokenizer: { pretokenizers: { type: string; pattern?: { Regex: string } }[] } | null;
  readonly model: {
    vocab: Record<string, number>;
    merges: string[];
    byte_fallback: boolean;
    ignore_merges?: boolean;
  };
}

const made = (facts: Changes['facts']) =>
  files.with({ facts: facts ?? {} }, (gguf) => {
    const { tokenizer, ...others } = tokenizerFiles(gguf);
    return { ...others, tokenizer: tokenizer as Tokenizer };
  });
const ggml = (facts: Readonly<Record<string, NonNullable<Changes['facts']>[string]>>) =>
  made(Object.fromEntries(Object.entries(facts).map(([key, value]) => [`tokenizer.ggml.${key}`, value])));

describe('a byte-level tokenizer', () => {
  test('keeps tokens and merges, and cuts words as its family does', async () => {
    const { tokenizer } = await ggml({
      tokens: ['a', 'b', 'ab'],
      token_type: { int: [1, 1, 1] },
      merges: ['a b'],
      pre: 'qwen2',
    });
    assert.deepEqual(tokenizer.model.vocab, { a: 0, b: 1, ab: 2 });
    assert.deepEqual(tokenizer.model.merges, ['a b']);
    assert.equal(tokenizer.model.byte_fallback, false);
    const [split, bytes] = tokenizer.pre_tokenizer!.pretokenizers;
    assert.equal(split!.pattern!.Regex, WORD_PATTERNS.qwen2!.expressions[0]);
    assert.equal(bytes!.type, 'ByteLevel');
  });

  test('takes whole words as they are only in families that do', async () => {
    assert.equal((await ggml({ pre: 'llama-bpe' })).tokenizer.model.ignore_merges, true);
    assert.equal((await ggml({ pre: 'dbrx' })).tokenizer.model.ignore_merges, false);
    assert.equal((await ggml({ pre: undefined })).tokenizer.model.ignore_merges, false);
  });

  test('begins texts with a token where the header, or else the family, says so', async () => {
    const begins = async (facts: Parameters<typeof ggml>[0]) =>
      (await ggml({ bos_token_id: { int: 0 }, ...facts })).tokenizer.post_processor;
    assert.equal(await begins({}), null);
    assert.equal(await begins({ pre: 'llama-bpe', add_bos_token: false }), null);
    assert.equal(await begins({ add_bos_token: true, bos_token_id: undefined }), null);
    assert.equal(await begins({ add_bos_token: true, bos_token_id: { int: 999 } }), null, 'no such token');
    for (const facts of [{ add_bos_token: true }, { pre: 'llama-bpe' }]) {
      const processor = await begins(facts);
      assert.deepEqual(processor!.special_tokens['<|endoftext|>']!.ids, [0]);
      assert.deepEqual(processor!.single[0], { SpecialToken: { id: '<|endoftext|>', type_id: 0 } });
    }
  });

  test('marks control tokens as special, and those of its makers as added', async () => {
    const { tokenizer } = await ggml({ tokens: ['a', '<x>', '<y>'], token_type: { int: [1, 3, 4] } });
    assert.deepEqual(
      tokenizer.added_tokens.map(({ id, content, special }) => [id, content, special]),
      [
        [1, '<x>', true],
        [2, '<y>', false],
      ],
    );
  });
});

describe('a SentencePiece tokenizer', () => {
  const pieces = (more: Parameters<typeof ggml>[0]) =>
    ggml({
      model: 'llama',
      tokens: ['<s>', '▁', 'a', 'b', 'ab', '▁a', '▁ab', '𝒳a'],
      token_type: { int: [3, 1, 1, 1, 1, 1, 1, 1] },
      scores: { int: [0, 0, 0, 0, 5, 9, 7, 8] },
      bos_token_id: { int: 0 },
      ...more,
    });

  test('joins what has the highest score first, and only what its parts are tokens of', async () => {
    const { tokenizer } = await pieces({});
    assert.deepEqual(tokenizer.model.merges, ['▁ a', '▁ ab', '▁a b', 'a b']);
    assert.equal(tokenizer.model.byte_fallback, true);
    assert.equal(tokenizer.pre_tokenizer, null);
  });

  test('begins every text with a token unless the header says otherwise', async () => {
    assert.deepEqual((await pieces({})).tokenizer.post_processor!.special_tokens['<s>']!.ids, [0]);
    assert.equal((await pieces({ add_bos_token: false })).tokenizer.post_processor, null);
  });
});

describe('what ends a text, and whether a model talks', () => {
  test('is named by the header or known by its spelling, each once and in order', async () => {
    const tokens = ['a', '<|im_end|>', '<|endoftext|>', 'end', '</s>'];
    const { ends } = await ggml({ tokens, eos_token_id: { int: 2 }, eot_token_id: { int: 3 } });
    assert.deepEqual(ends, [1, 2, 3, 4]);
    assert.deepEqual((await ggml({ tokens: ['a'], eos_token_id: undefined })).ends, []);
  });

  test('is a template in the header, which is kept', async () => {
    const silent = await made({});
    assert.equal(silent.chats, false);
    assert.equal('chat_template' in silent.settings, false);
    const talking = await made({ 'tokenizer.chat_template': '{{ messages }}' });
    assert.equal(talking.chats, true);
    const { eos_token, chat_template, model_max_length } = talking.settings as Record<string, unknown>;
    assert.deepEqual([eos_token, chat_template, model_max_length], ['<|endoftext|>', '{{ messages }}', 256]);
  });
});

describe('a tokenizer that cannot be written', () => {
  for (const [facts, message] of [
    [{ model: 'bert' }, /of the kind «bert», which is not known/],
    [{ model: undefined }, /of the kind «none»/],
    [{ pre: 'constructor' }, /cuts words in a way \(«constructor»\)/],
    [{ tokens: undefined }, /no list tokenizer\.ggml\.tokens/],
    [{ tokens: { int: [1, 2] } }, /no list tokenizer\.ggml\.tokens/],
    [{ merges: undefined }, /no list tokenizer\.ggml\.merges/],
    [{ token_type: ['a'] }, /a broken list tokenizer\.ggml\.token_type/],
    [{ model: 'llama', scores: 'high' }, /a broken list tokenizer\.ggml\.scores/],
  ] as const) {
    test(`is refused for ${JSON.stringify(facts)}`, async () => {
      await assert.rejects(ggml(facts), refusal('model-unsupported', message));
    });
  }
});
