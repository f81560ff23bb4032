// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these strings are pieces of documents
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from '../../../src/engine/decoder.ts';
import { noDraft } from '../../../src/engine/policy/fixed.ts';
import { seededSampler } from '../../../src/engine/sampling.ts';
import { type CompletionContext, contextAt } from '../../../src/suggestion/context.ts';
import { decide } from '../../../src/suggestion/decide.ts';
import { wantsSingleLine } from '../../../src/suggestion/multiline.ts';
import grammars from '../../../src/syntax/grammars.json';
import { syntaxOf } from '../../../src/syntax/load.ts';
import { markov } from '../../toy/markov.ts';
import { Random } from '../../toy/random.ts';
import { ToyTarget } from '../../toy/target.ts';
import { vocabularyOf } from '../../toy/vocabulary.ts';

/**
 * Generated documents through context, completion by a toy model, filters and insertion. `SLIPSTREAM_DOCUMENTS=100000` tries
 * that many; a failure names the seed.
 */
const count = Number(process.env.SLIPSTREAM_DOCUMENTS ?? 1_500);

const words = [
  'const a = ',
  'return ',
  'if (',
  ') {',
  '}',
  '};',
  '[1, 2',
  ']',
  'f(',
  ')',
  '=> {',
  '`${',
  '`',
  '"',
  "'",
  '"""',
  "don't",
  "'a",
  '// ',
  '/* ',
  ' */',
  '# ',
  '<!-- ',
  '-->',
  '<p>',
  '</p>',
  '{',
  '/[(]/',
  '\\',
  'def f(self):',
  'import a',
  'case a)',
  'esac',
  '<<EOF',
  'EOF',
  'this.a',
  'name, ',
  'a: 1, ',
  "fn f<'a>(",
  '$(',
  '\\frac{',
  '%',
  ';',
  ',',
  '.',
  ':',
  '==',
  '- one',
  '## Title',
  'שלום',
  'مرحبا',
  '日本語',
  '한국어',
  'Привет',
  'ไทย',
  'हिन्दी',
  'é',
  'e\u0301',
  '👩‍👩‍👧',
  '😀',
  'Ελλάδα',
  'Grüße',
  '\u200f',
  '\ufeff',
  '\u00a0',
  '\t',
  '    ',
  '  ',
  ' ',
  '~~~~',
  '0000',
  'ha',
  'ha',
];
const ends = ['\n', '\r\n', '\r'];
const pieces: (string | readonly number[])[] = [
  '',
  ...words.filter((word) => word !== '\ufeff'),
  '\n',
  '\n',
  '\n  ',
  '\n\t',
  '\r\n',
  [0xd7],
  [0xa9],
  [0xe2, 0x86],
  [0x92],
  [0xf0, 0x9f],
  [0x98, 0x80],
  [0xff],
  [0x00],
];
const vocabulary = vocabularyOf(pieces);
const languages = [...Object.keys(grammars.languages), 'plaintext', 'yaml', 'elm'];

function documentOf(random: Random): { text: string; cursor: number } {
  const end = random.pick(ends);
  const mixed = random.chance(0.3);
  let text = '';
  for (let line = random.int(0, 12); line >= 0; line--) {
    text += random.pick(['', '', '  ', '    ', '\t', '\t\t']);
    for (let word = random.int(0, 5); word > 0; word--) text += random.pick(words);
    if (line > 0) text += mixed ? random.pick(ends) : end;
  }
  return { text, cursor: random.int(0, text.length) };
}

/** What a toy model writes, or what stands in the document anyway, with a broken end now and then. */
async function writtenFor(random: Random, seed: number, text: string): Promise<string> {
  if (random.chance(0.3)) {
    const from = random.int(0, text.length);
    return (
      text.slice(from, random.int(from, text.length)) + random.pick(['', '\ufffd', '\ud83d', '\u0000', ')'])
    );
  }
  const target = new ToyTarget(markov(seed, vocabulary.size, 2), 64);
  const { text: written } = await decode(
    { target, vocabulary, drafts: [], policy: noDraft },
    {
      prompt: [1, 2],
      language: '',
      task: 'complete',
      skipBytes: 0,
      stop: { endTokens: new Set([0]), maxTokens: random.int(1, 24), singleLine: false, stopStrings: [] },
    },
    seededSampler({ temperature: 1, topP: 1, seed }),
    new AbortController().signal,
    () => undefined,
  );
  return written;
}

/** Signs that no text has. */
function brokenSigns(text: string): number {
  return (
    text.match(/\ufffd|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g)?.length ?? 0
  );
}

test(`kinds 1 and 7: ${count} generated documents take what is offered, and keep everything else`, async (t) => {
  const tally = { offered: 0, dropped: 0 };
  for (let seed = 0; seed < count; seed++) {
    const random = new Random(seed);
    const { text, cursor } = documentOf(random);
    const language = random.pick(languages);
    const document = { length: text.length, slice: (from: number, to: number) => text.slice(from, to) };
    const where = `seed ${seed}, ${language}, ${JSON.stringify(text)} at ${cursor}`;
    const written = await writtenFor(random, seed, text);
    const syntax = await syntaxOf(language);
    const context = contextAt(document, cursor, { uri: '', path: 'a', language, version: 1, tabSize: 4 });
    const singleLine = wantsSingleLine(context, 'auto', syntax);
    try {
      const decision = decide(
        context,
        { text: written, finish: random.pick(['stop', 'length'] as const), singleLine },
        syntax,
      );
      tally[decision.type]++;
      if (decision.type === 'dropped') continue;
      check(text, context, decision.item, `${where}, ${JSON.stringify(written)}`);
      // A closer that stands right of an empty line's cursor goes below.
      if (singleLine && context.linePrefix.trim() !== '')
        assert.ok(!decision.item.insertText.includes('\n'), `one line, ${where}`);
    } catch (error) {
      throw error instanceof assert.AssertionError
        ? error
        : new Error(`${where}, ${JSON.stringify(written)}`, { cause: error });
    }
  }
  t.diagnostic(JSON.stringify(tally));
  assert.ok(tally.offered > count / 10, 'something is offered');
});

/** Put an item in, as the editor does: it replaces a part of the cursor's line, and the rest stays unit for unit. */
function check(
  text: string,
  { offset, linePrefix, lineSuffix }: CompletionContext,
  {
    insertText,
    before,
    after,
  }: { readonly insertText: string; readonly before: number; readonly after: number },
  where: string,
): void {
  const start = offset - before;
  const end = offset + after;
  assert.equal(
    text.slice(start, offset),
    linePrefix,
    `the line left of the cursor is written again, ${where}`,
  );
  assert.equal(text.slice(offset, end), lineSuffix.slice(0, after), `only of its line, ${where}`);
  assert.ok(insertText.startsWith(linePrefix), where);
  const own = insertText.slice(linePrefix.length);
  assert.ok(own.trim() !== '', `something is put in, ${where}`);
  assert.equal(brokenSigns(own), 0, `no broken sign is put in, ${where}`);
  assert.ok(!own.includes('\r') && !own.includes('\0'), where);
  // What it replaces comes again in it, in its order.
  let at = 0;
  for (const sign of text.slice(offset, end).replace(/\s/g, '')) {
    at = own.indexOf(sign, at) + 1;
    assert.ok(at > 0, `what is replaced is kept, ${where}`);
  }
  const whole = text.slice(0, start) + insertText + text.slice(end);
  assert.ok(brokenSigns(whole) <= brokenSigns(text), `no character is parted, ${where}`);
}
