/**
 * Bits per character of models on the heads of files that none of them was trained on, by language:
 *
 *   node --import tsx bench/prompts/unpack.ts bench/prompts/engine.json DIR
 *   node --import tsx bench/bits.ts DIR --model bundled=models/target --model NAME=FOLDER > bench/results/bits.json
 *
 * The models may have different tokenizers: all read the same characters, behind the header that each is used to. What is
 * measured is the exported model, the rounding of its weights included. The workspace memory takes no part.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { machineOf } from '../src/measure/machine.ts';
import { spread } from '../src/measure/prompts.ts';
import { headerTokens, layoutOf } from '../src/prompts/completion.ts';
import { languageOf } from '../src/prompts/language.ts';
import { CausalModel } from '../src/runtime/causalModel.ts';
import { openModelFolder } from '../src/runtime/modelFolder.ts';
import { Tokenizer } from '../src/runtime/tokenizer.ts';
import { bitsOf } from './textScores.ts';

/** Files of a language, at most, taken at even distances among all of its files. */
const FILES = 24;
/** Characters of a file's head. Shorter files are passed over, and longer heads would not fit into short contexts. */
const CHARACTERS = { fewest: 600, most: 1400 };

interface Reader {
  readonly name: string;
  readonly model: CausalModel;
  /** Tokens of the header, and of the text behind it. */
  tokens(
    file: string,
    text: string,
  ): { readonly header: readonly number[]; readonly text: readonly number[] };
}

/** @param named a name, `=` and a model's folder */
async function readerOf(named: string): Promise<Reader> {
  const [name, folder] = named.split(/=(.*)/);
  if (!name || !folder) throw new Error(`«${named}» does not name a model: write --model NAME=FOLDER.`);
  const opened = await openModelFolder(folder);
  const tokenizer = await Tokenizer.load(opened);
  const model = await CausalModel.load(opened, { threads: 0, rowMultiple: 2 });
  const layout = layoutOf(tokenizer, opened);
  return {
    name,
    model,
    tokens: (file, text) => ({
      header: headerTokens(tokenizer, layout, file, model.contextLength),
      text: tokenizer.encode(text),
    }),
  };
}

/** Bits that a reader needs for a text. */
async function bitsOfText({ model, tokens }: Reader, file: string, text: string): Promise<number> {
  const { header, text: ids } = tokens(file, text);
  if (header.length === 0) throw new Error('the first token cannot be predicted without a header');
  model.truncate(0);
  const scores = await model.score([...header, ...ids], 'logits');
  let bits = 0;
  for (const [i, id] of ids.entries()) bits += bitsOf(scores.logits(header.length - 1 + i), id);
  return bits;
}

/** The heads of files by language. */
function headsIn(folder: string): Map<string, { file: string; head: string }[]> {
  const heads = new Map<string, { file: string; head: string }[]>();
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  for (const file of files.map((entry) => path.join(entry.parentPath, entry.name)).sort()) {
    const text = readFileSync(file, 'utf8');
    if (text.length < CHARACTERS.fewest) continue;
    // Whole code points, and line ends as the models know them.
    const head = Array.from(text.replaceAll('\r\n', '\n')).slice(0, CHARACTERS.most).join('');
    const own = heads.get(languageOf(file)) ?? [];
    heads.set(languageOf(file), [
      ...own,
      { file: path.relative(folder, file).replaceAll(path.sep, '/'), head },
    ]);
  }
  for (const [language, all] of heads) heads.set(language, spread(all, FILES));
  return heads;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { model: { type: 'string', multiple: true, default: ['bundled=models/target'] } },
    allowPositionals: true,
  });
  const [folder] = positionals;
  if (folder === undefined) throw new Error('Name the folder that bench/prompts/unpack.ts made.');
  const readers: Reader[] = [];
  for (const model of values.model) readers.push(await readerOf(model));
  const fits = (file: string, text: string) =>
    readers.every((reader) => {
      const { header, text: ids } = reader.tokens(file, text);
      return header.length + ids.length <= reader.model.contextLength;
    });
  const languages: Record<string, { files: number; characters: number; bitsPerCharacter: number[] }> = {};
  for (const [language, heads] of [...headsIn(folder)].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const chosen = heads.filter(({ file, head }) => fits(file, head));
    if (chosen.length === 0) continue;
    const characters = chosen.reduce((sum, { head }) => sum + Array.from(head).length, 0);
    const bits = readers.map(() => 0);
    for (const { file, head } of chosen) {
      for (const [i, reader] of readers.entries()) bits[i]! += await bitsOfText(reader, file, head);
    }
    languages[language] = {
      files: chosen.length,
      characters,
      bitsPerCharacter: bits.map((each) => Number((each / characters).toFixed(4))),
    };
    console.error(language, languages[language].bitsPerCharacter.join(' '));
  }
  console.log(
    JSON.stringify({ machine: machineOf(), models: readers.map(({ name }) => name), languages }, null, 1),
  );
}

void main();
