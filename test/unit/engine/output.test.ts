import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Finish, Output, type StopRules } from '../../../src/engine/output.ts';
import { Random } from '../../toy/random.ts';
import { plainDecode } from '../../toy/reference.ts';
import { vocabularyOf } from '../../toy/vocabulary.ts';

const vocabulary = vocabularyOf([
  '',
  'a',
  'b',
  'ab',
  '\n',
  '\r',
  '\r\n',
  ' ',
  [0xf0, 0x9f],
  [0x9a, 0x80],
  [0xc3],
  [0xa9],
  '\ufeff',
  'x\ny',
]);
const END = 0;

const free: StopRules = { endTokens: new Set([END]), maxTokens: 100, singleLine: false, stopStrings: [] };

/** Push tokens until the text is complete; what is taken after each is listed. */
function feed(rules: Partial<StopRules>, tokens: readonly number[], skip = 0) {
  const output = new Output(vocabulary, { ...free, ...rules }, skip);
  const taken: string[] = [];
  let finish: Finish | undefined;
  for (const token of tokens) {
    finish = output.push(token);
    taken.push(output.take(finish !== undefined));
    if (finish) break;
  }
  return { output, taken, finish, text: output.text };
}

describe('the output', () => {
  test('shows a character only when all its bytes are there', () => {
    const { taken, text } = feed({}, [1, 8, 9, 10, 11]);
    assert.deepEqual(taken, ['a', '', '🚀', '', 'é']);
    assert.equal(text, 'a🚀é');
  });

  test('shows what can never become a character as the replacement character', () => {
    assert.deepEqual(feed({}, [8, 1]).taken, ['', '\ufffda']);
  });

  test('leaves out a character that is not complete at the end', () => {
    const { text, taken, finish } = feed({ maxTokens: 2 }, [1, 8]);
    assert.deepEqual([text, taken, finish], ['a', ['a', ''], 'length']);
  });

  test('keeps a byte order mark', () => {
    assert.equal(feed({}, [12, 1]).text, '\ufeffa');
  });

  test('ends before the end token, which is not counted', () => {
    const { finish, text, output } = feed({}, [1, END]);
    assert.deepEqual([finish, text, output.tokens], ['stop', 'a', 1]);
  });

  test('ends at the limit, and not before', () => {
    assert.equal(feed({ maxTokens: 3 }, [1, 1]).finish, undefined);
    assert.equal(feed({ maxTokens: 3 }, [1, 1, 1]).finish, 'length');
  });

  test('ends before the first line break in single-line mode', () => {
    for (const [tokens, text] of [
      [[1, 4], 'a'],
      [[1, 6], 'a'],
      [[1, 5, 4], 'a'],
      [[13], 'x'],
      [[4], ''],
      [[6], ''],
    ] as const) {
      const { finish, taken, ...rest } = feed({ singleLine: true }, tokens);
      assert.deepEqual([finish, rest.text, taken.join('')], ['line', text, text], tokens.join());
    }
  });

  test('does not take a lone carriage return for a line break', () => {
    const { finish, taken } = feed({ singleLine: true }, [1, 5, 1]);
    assert.equal(finish, undefined);
    assert.deepEqual(taken, ['a', '', '\ra']);
  });

  test('ends before a stop string, however it is cut into tokens', () => {
    for (const tokens of [
      [7, 1, 2],
      [7, 3],
    ]) {
      const { finish, taken, text } = feed({ stopStrings: ['ab'] }, tokens);
      assert.deepEqual([finish, text, taken.join('')], ['stop', ' ', ' ']);
    }
  });

  test('holds the beginning of a stop string back until it is clear what follows', () => {
    const { taken } = feed({ stopStrings: ['aab'] }, [1, 1, 1, 7]);
    assert.deepEqual(taken, ['', '', 'a', 'aa ']);
    assert.deepEqual(feed({ stopStrings: ['aab'], maxTokens: 2 }, [1, 1]).taken, ['', 'aa']);
  });

  test('lets the stop string that begins first win', () => {
    assert.equal(feed({ stopStrings: ['b', 'ab'] }, [7, 3]).text, ' ');
  });

  test('drops what was held back when it is abandoned', () => {
    const { output } = feed({ stopStrings: ['aab'] }, [2, 1, 1]);
    output.abandon();
    assert.equal(output.text, 'b');
    assert.equal(output.take(true), '');
  });

  test('skips bytes that stand before the cursor already, across tokens', () => {
    assert.equal(feed({}, [3, 1, 2], 1).text, 'bab');
    assert.equal(feed({}, [1, 3, 2], 2).text, 'bb');
    assert.equal(feed({}, [8, 9, 1], 4).text, 'a');
    assert.equal(
      feed({ stopStrings: ['ab'] }, [3, 1], 1).text,
      'ba',
      'a stop string must lie behind the cursor',
    );
    assert.equal(feed({ singleLine: true }, [4, 1], 1).finish, undefined);
  });

  test('says what the definition says, for random tokens and rules', () => {
    for (let seed = 0; seed < 1500; seed++) {
      const random = new Random(seed);
      const tokens = random.list(30, () => (random.chance(0.02) ? END : random.int(1, vocabulary.size - 1)));
      const stops = ['a', 'ab', 'aba', 'b\n', '\r', '\r\n', 'a a', '🚀', 'é'];
      const rules: StopRules = {
        endTokens: free.endTokens,
        maxTokens: random.int(1, 30),
        singleLine: random.chance(0.4),
        stopStrings: random.list(random.int(0, 3), () => random.pick(stops)),
      };
      const skip = random.chance(0.3) ? random.int(0, vocabulary.bytes(tokens[0]!).length) : 0;
      const plain = plainDecode((text) => tokens[text.length - 1]!, [1], rules, vocabulary, 1000, skip);
      const { taken, ...got } = feed(rules, tokens, skip);
      assert.deepEqual([got.text, got.finish], [plain.text, plain.finish], `seed ${seed}`);
      assert.equal(taken.join(''), plain.text, `seed ${seed}`);

      // Abandoned anywhere, the text is a beginning of the whole.
      const cut = feed(rules, tokens.slice(0, random.int(0, plain.ids.length - 1)), skip).output;
      cut.abandon();
      assert.ok(plain.text.startsWith(cut.text), `seed ${seed}`);
    }
  });
});
