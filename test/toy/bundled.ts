import path from 'node:path';
import { openModelFolder } from '../../src/runtime/modelFolder.ts';
import { Tokenizer } from '../../src/runtime/tokenizer.ts';

/** The repository's top folder. */
export const root = path.resolve(__dirname, '../..');
export const models = path.join(root, 'models');

let loading: Promise<Tokenizer> | undefined;

/** The tokenizer of the bundled target. */
export function bundledTokenizer(): Promise<Tokenizer> {
  loading ??= openModelFolder(path.join(models, 'target')).then((folder) => Tokenizer.load(folder));
  return loading;
}

/** Source lines of many kinds: code, prose, deep indentation, several scripts, odd line ends. */
export const lines: readonly string[] = [
  'export function steppedStart(length: number, budget: number): number {',
  "        const accepted = rows.filter((row) => row.token === proposal[row.index]?.token ?? 'none');",
  'for i in range(len(tokens) - 1, -1, -1):  # newest first',
  '\tif err != nil {\r\n\t\treturn nil, fmt.Errorf("read %s: %w", name, err)\r\n\t}',
  '## Größe, naïve façade, 12 000 €, «guillemets»',
  'const rocket = "🚀 start"; // 👩‍👩‍👧 family, 𝒳 = 𝒴, e\u0301',
  '日本語のコメント。한국어 주석. Комментарий. تعليق',
  'a\u0000b\u0001c\u007fd\ufeffe\u2028f',
  '================================================================',
  '                                                                x',
  "if s == '<|endoftext|>' or s == '<|fim_middle|>': stop(\"<|im_start|>\")",
  '<|<|file_sep|>|> <|file_sep|><|file_sep|>',
];
