// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these strings are documents
import { type Row, testRows, whole } from '../golden.ts';

/** Kind 2: what a quote or a bracket means depends on language and place. Each text is shown whole. */
const shown: [language: string, document: string, text: string][] = [
  ['rust', "fn parse<'a>(input: &'a str█", ") -> Option<&'a str> {\n    None\n}"],
  ['rust', "impl<'a> Lexer<'a> {\n    fn next(&mut self█", ") -> Option<Token<'a>> {\n        None\n    }"],
  ['rust', "let c = '('; let d = f(█", "'\\'', x);"],
  ['rust', "// don't (ever\nlet a = f(█", 'b, c);'],
  ['rust', 'let a = r#"("#; f(█', 'b);'],
  ['typescriptreact', "const a = <p>Don't worry (it's█", ' fine)</p>;'],
  ['typescriptreact', "const a = (\n  <p>\n    Don't (█", "can't)"],
  ['javascriptreact', "const a = <li>it's {f(█", 'b)}</li>;'],
  ['javascript', "const a = <p>Don't worry (it's█", ' fine)</p>;'],
  ['typescript', "/**\n * Don't worry (it's█", ' fine) or [not'],
  ['typescript', "// 1) it's\nf(█", 'a, b);'],
  ['typescript', 'const a = /[(]/; f(█', 'b);'],
  ['typescript', 'const a = `(${b}`; f(█', 'c);'],
  ['typescript', "const a = `it's ${f(█", "b)} don't (`;"],
  ['typescript', "switch (a) {\n  case ')': f(█", 'b);'],
  ['python', '"""Don\'t worry (it\'s█', ' fine)."""'],
  ['python', "def f(a):\n    '''It's (a\n    b█", ") isn't it'''"],
  ['python', "# don't (\nprint(█", "'a')"],
  ['python', 'x = f"{a[\'(\']}" + f(█', 'b)'],
  ['html', "<p>Don't worry (it's█", ' fine)</p>'],
  ['html', '<p title="it\'s">1) a█', ' b) c</p>'],
  ['shellscript', 'case $1 in\n  a█', ') echo b ;;'],
  ['shellscript', "# don't (\nf() {\n  echo \"it's $(g█", ' h)"'],
  ['shellscript', 'cat <<EOF\ndon\'t (\nEOF\necho "$(a█', ' b)"'],
  ['shellscript', 'cat <<EOF\nit is█', " what it is) isn't it"],
  ['go', "// don't (\nf(█", '\'(\', `)`, "(")'],
  ['java', "// don't (\nf(█", '\'(\', ")");'],
  ['c', "/* don't ( */ f(█", '\'(\', ")");'],
  ['cpp', "// it's (\nauto a = f(█", "1'000, '(');"],
  ['css', "/* don't ( */ a { background: url(█", 'x.png); }'],
  ['ruby', "# don't (\nputs(█", '"it\'s #{a(b)} ("' + ')'],
  ['latex', "Don't use $[0, 1)$ in \\emph{a█", ' (b} too.'],
  ['latex', 'The interval $[0█', ', 1)$ is half open.'],
  ['markdown', "1) Don't worry (it's█", ' fine) :)'],
  ['restructuredtext', "Don't worry (it's█", ' fine) :)'],
  ['sql', "-- don't (\nselect count(█", "a) from b where c = ')'"],
  ['php', "$a = 1; // don't (\nf(█", "$a, ')');"],
  ['csharp', 'var a = $"it\'s {f(█', 'b)} (";'],
  ['kotlin', 'val a = "it\'s ${f(█', 'b)} ("'],
  ['swift', 'let a = "it\'s \\(f(█', 'b)) ("'],
  ['lua', "-- don't (\nprint(█", '")")'],
  ['yaml', "a: don't (worry█", ' be) happy'],
];
testRows(
  'kind 2, quotes and brackets by syntax',
  shown.map(([language, document, text]): Row => [language, document, text, whole(document, text)]),
);

/** A bracket that closes nothing is cut wherever quotes stand before it. */
testRows('kind 2, what closes nothing is still cut', [
  ['rust', "fn f<'a>(a: &'a str) {\n    g(█", 'b)));', "fn f<'a>(a: &'a str) {\n    g(b)█"],
  ['typescriptreact', "const a = <p>Don't {f(█", 'b))}</p>;', "const a = <p>Don't {f(b)█"],
  ['python', "# don't\nprint(█", "'a'))", "# don't\nprint('a')█"],
  ['shellscript', "# don't\necho $(a█", ' b))', "# don't\necho $(a b)█"],
  ['go', "// don't\nf(█", "'('))", "// don't\nf('(')█"],
]);
