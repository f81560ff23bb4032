// The same ids from Python and from JavaScript on every held-out file:
//   python3 -m corpus tokenizer WORK < WORK/corpus/heldout.jsonl > ids.jsonl
//   node corpus/check_tokenizer.mjs WORK WORK/corpus/heldout.jsonl ids.jsonl
// @xenova/transformers is found as Node finds packages, or through ORT_DIR.
import { createReadStream, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import readline from 'node:readline';
import { pathToFileURL } from 'node:url';

const [folder, documents, ids] = process.argv.slice(2);
if (!ids) {
  console.error('usage: node corpus/check_tokenizer.mjs FOLDER DOCUMENTS IDS');
  process.exit(2);
}
const require = createRequire(path.join(process.env.ORT_DIR ?? import.meta.dirname, 'x.js'));
const { PreTrainedTokenizer } = await import(pathToFileURL(require.resolve('@xenova/transformers')).href);
const read = (name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
const tokenizer = new PreTrainedTokenizer(read('tokenizer.json'), read('tokenizer_config.json'));

const lines = (file) => readline.createInterface({ input: createReadStream(file) })[Symbol.asyncIterator]();
const expected = lines(ids);
let files = 0, different = 0;
for await (const line of readline.createInterface({ input: createReadStream(documents) })) {
  const { text, path: name } = JSON.parse(line);
  const wanted = JSON.parse((await expected.next()).value);
  const got = tokenizer.encode(text, { add_special_tokens: false });
  const at = wanted.findIndex((id, i) => id !== got[i]);
  files++;
  if (at >= 0 || got.length !== wanted.length) {
    different++;
    if (different <= 5) console.log(`${name}: token ${at} is ${wanted[at]} in Python, ${got[at]} in JavaScript`);
  }
}
console.log(`${files - different} of ${files} files have the same ids`);
process.exit(different ? 1 : 0);
