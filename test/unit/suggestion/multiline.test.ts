// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these strings are documents
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Multiline, wantsSingleLine } from '../../../src/suggestion/multiline.ts';
import { syntaxOf } from '../../../src/syntax/load.ts';
import { drawn } from './drawing.ts';

async function wantsOne(drawing: string, language = 'typescript', multiline: Multiline = 'auto') {
  return wantsSingleLine(drawn(drawing, { language }), multiline, await syntaxOf(language));
}

test('several lines are wanted where nothing stands right of the cursor', async () => {
  for (const drawing of ['a = █', 'f() {█}', 'f() {\n  █}'])
    assert.equal(await wantsOne(drawing), false, drawing);
  for (const drawing of ['call(█, b)', "a = '█'"]) assert.equal(await wantsOne(drawing), true, drawing);
});

test('the setting decides where it says always or never', async () => {
  assert.equal(await wantsOne('call(█, b)', 'typescript', 'always'), false);
  assert.equal(await wantsOne('a = █', 'typescript', 'never'), true);
});

// Kind 25: in a comment a suggestion keeps to one line, wherever the comment begins.
const comments: [language: string, drawing: string][] = [
  ['typescript', 'const x = 1 // █'],
  ['typescript', "  case 'add': // █"],
  ['typescript', '  // why █'],
  ['typescript', '/**\n * The sum █'],
  ['typescript', 'f(/* the sum █'],
  ['typescriptreact', '<p>{/* a note █'],
  ['javascript', 'const x = 1 // █'],
  ['python', 'x = 1  # █'],
  ['go', 'x := 1 // █'],
  ['rust', "let x: &'static str = y; // █"],
  ['java', 'int x = 1; // █'],
  ['c', 'int x = 1; /* █'],
  ['cpp', 'int x = 1; // █'],
  ['css', 'a { color: red; /* █'],
  ['shellscript', 'x=1 # █'],
  ['ruby', 'x = "#{a}" # █'],
  ['html', '<p>a</p> <!-- █'],
  ['lua', 'local x = 1 -- █'],
  ['sql', 'select 1 -- █'],
  ['latex', 'Text % █'],
  ['php', '$x = 1; // █'],
  ['markdown', 'Text <!-- █'],
  ['yaml', 'key: value # █'],
  ['toml', 'key = 1 # █'],
  ['ini', '; █'],
  ['clojure', '(a) ; █'],
  ['vue', '<template>\n<!-- █'],
  ['svelte', '<!-- █'],
  ['fsharp', 'let x = 1 // █'],
  ['ocaml', 'let x = 1 (* █'],
  ['objective-c', 'int x; // █'],
  ['zig', 'const x = 1; // █'],
  ['erlang', 'X = 1. % █'],
  ['matlab', 'x = 1; % █'],
  ['groovy', 'def x = 1 /* █'],
  ['properties', '# █'],
  ['graphql', 'a: B # █'],
  ['terraform', 'x = 1 # █'],
  ['proto', 'int32 a = 1; // █'],
  ['cmake', 'set(A b) # █'],
];
for (const [language, drawing] of comments) {
  test(`comments keep to one line: ${language}, ${JSON.stringify(drawing)}`, async () => {
    assert.equal(await wantsOne(drawing, language), true);
  });
}

const noComments: [language: string, drawing: string][] = [
  ['typescript', "const x = '// █"],
  ['typescript', 'const x = `# ${a} // █'],
  ['python', "x = '# █"],
  ['shellscript', 'echo ${#█'],
  ['css', 'a { background: url(http://█'],
  ['typescript', 'f(); // done\n█'],
  ['typescript', 'f(); /* done */ █'],
  ['vue', '<!-- done --> █'],
  ['ocaml', 'f (* done *) █'],
];
for (const [language, drawing] of noComments) {
  test(`what only looks like a comment may have several lines: ${language}, ${JSON.stringify(drawing)}`, async () => {
    assert.equal(await wantsOne(drawing, language), false);
  });
}
