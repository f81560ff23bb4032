/**
 * What it costs to draft text for a target with other tokens, the draft's model aside: following what is committed, and spelling guesses
 * in the target's tokens. Microseconds for each token committed, a guess of four tokens asked for in every round; for short and long prompts,
 * since nothing may grow with the text.
 *
 *   node --import tsx bench/bridge.ts [PROMPTS] [TARGET] [DRAFT] > bench/results/bridge.json
 */
import path from 'node:path';
import { Follower } from '../src/engine/drafts/text/follower.ts';
import { Speller } from '../src/engine/drafts/text/speller.ts';
import { translate } from '../src/engine/drafts/text/translate.ts';
import { machineOf } from '../src/measure/machine.ts';
import { readPrompts } from '../src/measure/prompts.ts';
import { median } from '../src/measure/statistics.ts';
import { openModelFolder } from '../src/runtime/modelFolder.ts';
import { Tokenizer } from '../src/runtime/tokenizer.ts';

const root = path.resolve(__dirname, '..');
/** Tokens that are guessed and committed in a round: most guesses are right in part. */
const GUESSED = 4;
const COMMITTED = 2;
/** Characters of the prompts compared. */
const LENGTHS = [200, 4000];

interface Side {
  readonly tokenizer: Tokenizer;
  readonly speller: Speller;
}

async function main(): Promise<void> {
  const [prompts = 'bench/prompts/engine.jsonl', target = 'models/base', draft = 'models/target'] =
    process.argv.slice(2);
  const texts = (await readPrompts(path.resolve(root, prompts))).filter(({ expected }) => expected);
  const ways: readonly [string, Side, Side][] = [
    [`${draft} for ${target}`, await side(draft), await side(target)],
    [`${target} for ${draft}`, await side(target), await side(draft)],
  ];
  const results: Record<string, Record<string, number>> = {};
  for (const [name, own, other] of ways) {
    results[name] = {};
    for (const characters of LENGTHS) {
      const first: number[] = [];
      const micros: number[] = [];
      // The first turn fills the caches, as the first seconds of typing do.
      for (let turn = 0; turn < 3; turn++) {
        for (const { prefix, expected = '' } of texts) {
          const each = follow(own, other, prefix.slice(-characters), expected);
          if (each !== undefined) (turn > 0 ? micros : first).push(each);
        }
      }
      const row = `prompts of ${characters} characters`;
      results[name][`${row}, seen for the first time`] = Number(median(first).toFixed(1));
      results[name][row] = Number(median(micros).toFixed(1));
    }
  }
  console.log(
    JSON.stringify({ microsPerToken: results, prompts: texts.length, machine: machineOf() }, null, 1),
  );
}

async function side(folder: string): Promise<Side> {
  const tokenizer = await Tokenizer.load(await openModelFolder(path.resolve(root, folder)));
  return { tokenizer, speller: new Speller(tokenizer) };
}

/** Microseconds for each token of the target's; undefined for a text without one. */
function follow(own: Side, target: Side, prefix: string, text: string): number | undefined {
  const committed = target.tokenizer.encode(text);
  if (committed.length === 0) return undefined;
  const follower = new Follower(own.speller, own.tokenizer.encode(prefix));
  // What the draft would say is the text itself, in its own tokens.
  const bytes = committed.map((token) => target.speller.bytes(token));
  const rest = (at: number) => own.speller.spell(Buffer.concat(bytes.slice(at, at + 3 * GUESSED))).tokens;
  const guesses = committed.map((_, at) => rest(at).slice(0, GUESSED));
  const started = performance.now();
  for (let at = 0; at < committed.length; at += COMMITTED) {
    follower.spell();
    if (follower.ahead.length === 0) for (const token of guesses[at]!) follower.guess(token, 0.9);
    translate(follower.ahead, follower.aheadTokens(), target.speller, GUESSED);
    for (const each of bytes.slice(at, at + COMMITTED)) follower.commit(each);
  }
  return (1000 * (performance.now() - started)) / committed.length;
}

void main();
