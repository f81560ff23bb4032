import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide } from '../../../src/suggestion/decide.ts';
import { type Offer, typedInto } from '../../../src/suggestion/typedInto.ts';
import { syntaxOf } from '../../../src/syntax/load.ts';
import { accepted, drawn } from './drawing.ts';

async function offerAt(drawing: string, text: string, language: string): Promise<Offer> {
  const context = drawn(drawing, { language, version: 1 });
  const candidate = { text, finish: 'stop', singleLine: false } as const;
  const decision = decide(context, candidate, await syntaxOf(language));
  assert.equal(decision.type, 'offered');
  return decision as Offer;
}

// Kind 29: whatever is typed of a suggestion, taking the rest leaves the document that taking all of it would have left.
const offers: [language: string, drawing: string, text: string][] = [
  ['typescript', 'function f(a, b) {\n  █\n}', 'if (a) {\n    b();\n  }'],
  ['typescript', 'function f(a, b) {\n  █\n}', 'first(a);\n  return b;'],
  ['typescript', 'f(█);', 'a, {\n  b: c,\n}'],
  ['typescriptreact', 'return (\n  █\n);', '<ul>\n    <li>a'],
  ['python', 'def f(a):\n    █', 'if a:\n        b()\n        return c'],
  ['ruby', 'def f(a)\n  █\nend', 'if a\n    b\n  end'],
  ['lua', 'local function f(a)\n  █\nend', 'if a then\n    b()\n  end'],
  ['shellscript', 'f() {\n  █\n}', 'for a in b; do\n    c\n  done'],
  ['go', 'func f(a int) {\n\t█\n}', 'if a > 1 {\n\t\tb()\n\t}'],
  ['rust', "fn f<'a>(b: &'a str) {\n    █\n}", 'if b.is_empty() {\n        return;\n    }'],
  ['javascript', '// א\nfunction f() {\n  █\n}', "const שלום = 'a';\n  return שלום;"],
  ['markdown', '# A\n\n█', '- one item\n- two items\n- three items'],
];
for (const [language, drawing, text] of offers) {
  test(`kind 29, typed into: ${language}, ${JSON.stringify(text)}`, async () => {
    const offer = await offerAt(drawing, text, language);
    const expected = accepted(drawing, offer.item);
    const before = drawn(drawing, { language, version: 1 });
    for (let length = 0; length < offer.text.length; length++) {
      const now = drawing.replace('█', `${offer.text.slice(0, length)}█`);
      const rest = typedInto(offer, before, drawn(now, { language, version: 1 + length }));
      assert.equal(rest?.text, offer.text.slice(length));
      assert.equal(accepted(now, rest.item), expected, JSON.stringify(now));
    }
  });
}

test('kind 29, typed into: what the editor closed by itself is replaced, what was typed over is not put in again', async () => {
  const drawing = 'const c = █';
  const offer = await offerAt(drawing, 'f(a, [b]);', 'typescript');
  const before = drawn(drawing, { version: 1 });
  for (const now of [
    'const c = f(█)',
    'const c = f(a, [█])',
    'const c = f(a, [b]█)',
    'const c = f(a, [b])█',
  ]) {
    const rest = typedInto(offer, before, drawn(now, { version: 2 }));
    assert.equal(rest && accepted(now, rest.item), 'const c = f(a, [b]);█', now);
  }
});

test('kind 29, typed into: something else, all of it, or another rest of the line leaves nothing', async () => {
  const drawing = 'const c = █';
  const offer = await offerAt(drawing, 'f(a);', 'typescript');
  const before = drawn(drawing, { version: 1 });
  for (const now of ['const c = g█', 'const c = f(a);█', 'const c = f(█ + b)', 'const d = f(█)', 'const c█'])
    assert.equal(typedInto(offer, before, drawn(now, { version: 2 })), undefined, now);
});
