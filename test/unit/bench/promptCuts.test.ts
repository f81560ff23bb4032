import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { docPlaces } from '../../../bench/prompts/cut/docs.ts';
import { generator } from '../../../bench/prompts/cut/draw.ts';
import { cutEdit, editOf } from '../../../bench/prompts/cut/edits.ts';
import { functionsOf } from '../../../bench/prompts/cut/functions.ts';
import { languageOfPage, textOfPage } from '../../../bench/prompts/cut/html.ts';
import { classOf } from '../../../bench/prompts/cut/kinds.ts';
import { openFile } from '../../../bench/prompts/cut/languages.ts';
import { addParameter, rename } from '../../../bench/prompts/cut/names.ts';
import { editPrompt } from '../../../bench/prompts/cut/prompt.ts';
import { REWRITES } from '../../../bench/prompts/cut/rewrites.ts';
import { isBalanced, tokensOf } from '../../../bench/prompts/cut/tokens.ts';

const SCRIPT = `
export function area(shape, scale) {
  const size = shape.size;
  if (size.shape) return measure(shape, 'none');
  // shape again
  const text = \`of \${shape.name} shape\`;
  return measure(size, 'all') * scale * shape.weight;
}
`;
const PYTHON = `
class Store:
    def load(self, key, default=None):
        key = key.strip()
        if not self.known(key):
            return default
        row = self.find(key, key=1)
        return self.parse(row, "text")

    @property
    def short(self):
        return 1
`;

const only = (path: string, text: string) => {
  const found = functionsOf(openFile(path, text));
  assert.equal(found.length, 1);
  return found[0]!;
};
const textOf = (lines: readonly (readonly string[])[]) => lines.flat().join('\n');

test('tokens are the text, and tell names from strings, comments and patterns', () => {
  const source = `const a = b / "b" / c; // b\nreturn /b"\\/[/]/g.test(x) ? \`b\n\` : 'it\\'s b'`;
  const tokens = tokensOf(source, 'script');
  assert.equal(tokens.map(({ text }) => text).join(''), source);
  assert.equal(tokens.filter(({ kind, text }) => kind === 'name' && text === 'b').length, 1);
  assert.ok(isBalanced(tokens));
  assert.ok(!isBalanced(tokensOf("f('a", 'script')));
  assert.ok(!isBalanced(tokensOf('f(a]', 'script')));
});

test('functions are found with their parameters, too short ones passed over', () => {
  const script = only('a.js', SCRIPT);
  assert.deepEqual([script.name, script.parameters, script.lines.length], ['area', ['shape', 'scale'], 7]);
  const python = only('a.py', PYTHON);
  assert.deepEqual([python.name, python.parameters], ['load', ['key', 'default']]);
  assert.equal(python.lines.at(-1), '        return self.parse(row, "text")');
  const go = 'func (r *Router) Add(path string, h Handler) error {\n\ta()\n\tb()\n\tc()\n\treturn nil\n}\n';
  assert.deepEqual(only('a.go', go).parameters, ['path', 'h']);
  const c = 'static int copy_all(const char *from, int count) {\n  a();\n  b();\n  c();\n  return 0;\n}\n';
  assert.deepEqual(only('a.c', c).parameters, ['from', 'count']);
  const branch = 'if (a) {\n  a();\n  b();\n  c();\n  d();\n}\n';
  assert.deepEqual(functionsOf(openFile('a.js', branch)), []);
});

test('a rename reaches every use and holes of templates, but no member, text or comment', () => {
  const results = rename(only('a.js', SCRIPT), generator('x')).map(({ lines }) => textOf(lines));
  assert.equal(results.length, 1);
  const [, to] = /area\((\w+), scale\)/.exec(results[0]!)!;
  assert.notEqual(to, 'shape');
  const back = results[0]!.replaceAll(to!, 'shape');
  assert.equal(back, SCRIPT.trim());
  assert.match(results[0]!, /size\.shape.*\n {2}\/\/ shape again/);
  assert.ok(results[0]!.includes(`of \${${to}.name} shape`));
});

test('a rename in Python leaves the keyword of a call', () => {
  const results = rename(only('a.py', PYTHON), generator('x')).map(({ lines }) => textOf(lines));
  assert.match(results[0]!, /self\.find\((\w+_key), key=1\)/);
});

test('a parameter is declared and handed to every call of one function', () => {
  const results = addParameter(only('a.js', SCRIPT), generator('x')).map(({ lines }) => textOf(lines));
  const [, name] = /area\(shape, scale, (\w+)\)/.exec(results[0]!)!;
  assert.ok(results[0]!.includes(`measure(shape, 'none', ${name})`));
  assert.ok(results[0]!.includes(`measure(size, 'all', ${name}) * scale`));
  const starred = PYTHON.replace('default=None', '**rest');
  const [python] = addParameter(only('a.py', starred), generator('x'));
  assert.match(textOf(python!.lines), /def load\(self, key, \w+=\w+, \*\*rest\):/);
});

test('rewrites change what they say and nothing else', () => {
  const all = (path: string, text: string) => {
    const one = only(path, text);
    const results = REWRITES[one.family].flatMap((rewrite) => rewrite(one) ?? []);
    return Object.fromEntries(results.map(({ change, lines }) => [change, textOf(lines)]));
  };
  const script = all('a.js', SCRIPT);
  assert.equal(script.quotes, SCRIPT.trim().replaceAll("'", '"'));
  assert.equal(script.semicolons, SCRIPT.trim().replaceAll(';', ''));
  assert.equal(script.let, SCRIPT.trim().replaceAll('const', 'let'));
  assert.match(script.arrow!, /^export const area = \(shape, scale\) => \{\n/);
  assert.match(script.async!, /^export async function area/);
  assert.equal(script.async!.match(/return await measure\(/g)!.length, 2);
  assert.match(script['early-return']!, /\{\n {2}if \(shape === undefined\) return undefined;\n/);
  const python = all('a.py', PYTHON);
  assert.match(python.types!, /def load\(self, key: Any, default: Any = None\):/);
  assert.match(python.async!, /async def load[\s\S]*row = await self\.find/);
  assert.match(python.docstring!, /:\n {8}"""Load\."""\n/);
  // Semicolons that are not there are set at ends of statements only.
  const bare =
    'function f(a) {\n  const b = {\n    c: 1\n  }\n  g(b)\n  const d = a\n    .h()\n  return d\n}\n';
  assert.equal(all('a.js', bare).semicolons, undefined);
  assert.match(
    all('a.js', bare.replace('\n    .h()', '')).semicolons!,
    /\n {2}g\(b\);\n {2}const d = a;\n {2}return d;\n/,
  );
});

describe('the prompt of an edit', () => {
  test('holds the old function above, and old and new text from the same place on', () => {
    const one = only('a.js', `${SCRIPT}\nlast();\n`);
    const cut = editOf(one, 'rename', generator('x'))!;
    const prompt = editPrompt({ one, cut }, 'id', { prefix: 6000, suffix: 2000, classes: true });
    const old = one.lines.join('\n');
    assert.ok(prompt.prefix.includes(`${old}\n\nexport function area(`));
    assert.equal(prompt.suffix, '\n\nlast();\n');
    assert.ok(old.endsWith(prompt.original!));
    const written = prompt.prefix.slice(prompt.prefix.indexOf(old) + old.length + 2);
    const [renamed] = rename(one, generator('x'));
    assert.equal(written + prompt.expected, textOf(renamed!.lines));
    assert.equal(written.split('\n').length + prompt.original!.split('\n').length, one.lines.length + 1);
    assert.deepEqual([prompt.class, prompt.kind], ['edit', 'rename']);
  });

  test('is not made where nothing changes or nothing is left to write', () => {
    const one = only('a.js', SCRIPT);
    const same = one.lines.map((line) => [line]);
    assert.equal(cutEdit(one, 'rewrite', { change: 'none', lines: same }), undefined);
    const late = same.map((line, i) => (i === 5 ? ['  return 1;'] : line));
    assert.equal(cutEdit(one, 'rewrite', { change: 'late', lines: late }), undefined);
  });
});

test('documentation is found below definitions, above code and in sections', () => {
  const places = (path: string, text: string) =>
    docPlaces(openFile(path, text)).map(([at, end]) => text.slice(at, end));
  const python = 'def f():\n    """Make it.\n\n    Slowly.\n    """\n    return """no"""\n';
  assert.deepEqual(places('a.py', python), ['Make it.\n\n    Slowly.']);
  assert.deepEqual(places('a.ts', '/**\n * Make it.\n * @api public\n */\nf();\n'), [
    'Make it.\n * @api public',
  ]);
  assert.deepEqual(places('a.go', 'a()\n// F makes\n// it.\nfunc F() {}\n// one\nb()\n'), [
    'F makes\n// it.',
  ]);
  const markdown = '# A\n\none\ntwo\n\n## B\n## C\n\nthree\n';
  assert.deepEqual(places('a.md', markdown), ['one\ntwo']);
  assert.deepEqual(places('a.rst', 'Head\n====\n\none\ntwo\n\nNext\n----\n'), ['one\ntwo']);
});

test('classes are coarser than kinds', () => {
  const code = { docs: false };
  assert.deepEqual(
    [classOf('word', code), classOf('block', code), classOf('docs', code), classOf('word', { docs: true })],
    ['line', 'block', 'docs', 'docs'],
  );
});

test('a page of a manual gives its headings and paragraphs', () => {
  const page =
    '<html lang="fr"><body><p class="menu">Menu</p><h1>&Eacute;t&eacute; <a class="permalink">&para;</a></h1>' +
    '<div class="toplang"><p>Langues</p></div><p>Un <code>a &lt; b</code>\n  &#233;l&#xE9;gant</p><pre>x</pre></body></html>';
  assert.equal(languageOfPage(page), 'fr');
  assert.equal(textOfPage(page), '# Été\n\nUn a < b élégant\n');
});
