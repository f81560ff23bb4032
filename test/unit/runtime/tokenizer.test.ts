import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { UserError } from '../../../src/errors.ts';
import { openModelFolder } from '../../../src/runtime/modelFolder.ts';
import { sameVocabulary, Tokenizer } from '../../../src/runtime/tokenizer.ts';
import { bundledTokenizer, lines, models, root } from '../../toy/bundled.ts';
import { Random } from '../../toy/random.ts';
import { bytesOf, vocabularyOf } from '../../toy/vocabulary.ts';

let folder: string;
before(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'slipstream-tokenizer-'));
});
after(() => rmSync(folder, { recursive: true }));

/** A tokenizer from the text of its two files. */
async function tokenizerOf(name: string, tokenizer: unknown, config: unknown = {}): Promise<Tokenizer> {
  const copy = path.join(folder, name);
  mkdirSync(path.join(copy, 'onnx'), { recursive: true });
  cpSync(path.join(models, 'target', 'config.json'), path.join(copy, 'config.json'));
  writeFileSync(path.join(copy, 'onnx', 'model_q8.onnx'), '');
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  writeFileSync(path.join(copy, 'tokenizer.json'), text(tokenizer));
  writeFileSync(path.join(copy, 'tokenizer_config.json'), text(config));
  return Tokenizer.load(await openModelFolder(copy));
}

describe('the bundled tokenizer', () => {
  let tokenizer: Tokenizer;
  before(async () => {
    tokenizer = await bundledTokenizer();
  });
  const bytes = (tokens: readonly number[]) => bytesOf(tokenizer.vocabulary, tokens);

  test('loses no byte of any text', () => {
    const texts = [
      ...lines,
      readFileSync(path.join(root, 'src/engine/decoder.ts'), 'utf8'),
      readFileSync(path.join(root, 'README.md'), 'utf8'),
    ];
    for (const text of texts) assert.equal(bytes(tokenizer.encode(text)).toString(), text);
    const random = new Random(2);
    for (let i = 0; i < 300; i++) {
      const text = String.fromCodePoint(
        ...random.list(random.int(0, 40), () =>
          random.pick([random.int(0, 0xd7ff), random.int(0xe000, 0x10ffff), 32, 10]),
        ),
      );
      assert.equal(bytes(tokenizer.encode(text)).toString(), text, JSON.stringify(text));
    }
  });

  test('never makes a control token out of text', () => {
    const names = [
      '<|endoftext|>',
      '<|fim_prefix|>',
      '<|file_sep|>',
      '<|im_start|>',
      '<',
      '|',
      '>',
      '<|',
      '|>',
      'endoftext',
    ];
    const random = new Random(3);
    for (let i = 0; i < 500; i++) {
      const text = random.list(random.int(1, 6), () => random.pick(names)).join('');
      const tokens = tokenizer.encode(text);
      assert.ok(
        tokens.every((token) => !tokenizer.controlTokens.has(token)),
        text,
      );
      assert.equal(bytes(tokens).toString(), text);
    }
  });

  test('makes control tokens in a template, and they have no text', () => {
    const end = tokenizer.control('<|endoftext|>');
    assert.ok(end !== undefined && tokenizer.controlTokens.has(end));
    assert.equal(tokenizer.encodeTemplate('<|endoftext|>x')[0], end);
    assert.equal(tokenizer.vocabulary.bytes(end).length, 0);
    assert.equal(tokenizer.control('<|no such|>'), undefined);
  });

  test('has a token for every byte, so that healing can always go on', () => {
    const single = new Set<number>();
    for (let token = 0; token < tokenizer.vocabulary.size; token++) {
      const [first, ...rest] = tokenizer.vocabulary.bytes(token);
      if (first !== undefined && rest.length === 0) single.add(first);
    }
    assert.equal(single.size, 256);
  });
});

describe('tokenizers of other kinds', () => {
  const pieces = ['<unk>', '<s>', '</s>', '<0x0A>', '<0xC3>', '▁', 'a', '▁a', 'é'];
  const sentencePiece = {
    version: '1.0',
    added_tokens: ['<unk>', '<s>', '</s>'].map((content, id) => ({ id, content, special: true })),
    normalizer: { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
    pre_tokenizer: null,
    post_processor: null,
    decoder: { type: 'Sequence', decoders: [{ type: 'Replace', pattern: { String: '▁' }, content: ' ' }] },
    model: {
      type: 'BPE',
      vocab: Object.fromEntries(pieces.map((piece, id) => [piece, id])),
      merges: [['▁', 'a']],
      unk_token: '<unk>',
      fuse_unk: false,
      byte_fallback: true,
    },
  };

  test('write a space as ▁ and single bytes by number', async () => {
    const { vocabulary, controlTokens } = await tokenizerOf('sentencepiece', sentencePiece);
    const text = (token: number) => Buffer.from(vocabulary.bytes(token)).toString('latin1');
    assert.deepEqual([...controlTokens], [0, 1, 2]);
    assert.deepEqual([3, 4, 5, 6, 7].map(text), ['\n', '\xc3', ' ', 'a', ' a']);
    assert.equal(Buffer.from(vocabulary.bytes(8)).toString(), 'é');
    assert.equal(vocabulary.size, pieces.length);
  });

  test('may mark control tokens by their spelling alone, and hold added words that are text', async () => {
    const added = ['<|im_end|>', '<｜end▁of▁sentence｜>', '    '].map((content, i) => ({
      id: 9 + i,
      content,
      special: false,
    }));
    const file = { ...sentencePiece, added_tokens: [...sentencePiece.added_tokens, ...added] };
    const { vocabulary, controlTokens } = await tokenizerOf('added', file);
    assert.ok(controlTokens.has(9));
    assert.ok(!controlTokens.has(11));
    assert.equal(Buffer.from(vocabulary.bytes(11)).toString(), '    ');
    assert.ok(controlTokens.has(10), 'a control token in the spelling of another family');
  });

  test('bring a chat template, which is applied to a message', async () => {
    const template =
      '{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}';
    const file: unknown = JSON.parse(readFileSync(path.join(models, 'target', 'tokenizer.json'), 'utf8'));
    const tokenizer = await tokenizerOf('chat', file, {
      tokenizer_class: 'PreTrainedTokenizerFast',
      chat_template: template,
    });
    assert.equal(tokenizer.chatTemplate, template);
    assert.equal(bytesOf(tokenizer.vocabulary, tokenizer.chatPrompt('hi')).toString(), '[user]hi[assistant]');
  });

  test('are refused with the name of the file when they are broken', async () => {
    const good = readFileSync(path.join(models, 'target', 'tokenizer.json'), 'utf8');
    const files: readonly [string, unknown, unknown][] = [
      ['tokenizer.json', good.slice(0, 5000), {}],
      ['tokenizer.json', '', {}],
      ['tokenizer.json', '[]', {}],
      ['tokenizer.json', { model: {} }, {}],
      ['tokenizer.json', { ...JSON.parse(good), model: { ...JSON.parse(good).model, merges: 7 } }, {}],
      ['tokenizer.json', { ...JSON.parse(good), pre_tokenizer: { type: 'Unheard' } }, {}],
      ['tokenizer_config.json', good, '{"tokenizer_class"'],
    ];
    for (const [i, [name, tokenizer, config]] of files.entries()) {
      await assert.rejects(tokenizerOf(`broken-${i}`, tokenizer, config), (error) => {
        assert.ok(error instanceof UserError, `${i}: ${error}`);
        assert.equal(error.reason, 'model-broken');
        assert.ok(error.message.includes(`${name} cannot be used`), error.message);
        return true;
      });
    }
  });
});

describe('vocabularies', () => {
  test('are the same when every id has the same text', () => {
    const one = vocabularyOf(['', 'a', 'b']);
    assert.ok(sameVocabulary(one, vocabularyOf(['', 'a', 'b'])));
    assert.ok(!sameVocabulary(one, vocabularyOf(['', 'b', 'a'])));
    assert.ok(!sameVocabulary(one, vocabularyOf(['', 'a', 'b', 'c'])));
    assert.ok(!sameVocabulary(one, vocabularyOf(['', 'a'])));
  });
});
