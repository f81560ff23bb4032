import path from 'node:path';
import { styleText } from 'node:util';
import { Command } from 'commander';
import type { Piece } from '../../engine/decoder.ts';
import { languageOf } from '../../prompts/language.ts';
import { loadAssistant, type MemoryMode } from '../../service/assistant.ts';
import { complete } from '../../service/jobs.ts';
import { policyOf } from '../../service/policies.ts';
import { keptCosts } from '../cache.ts';
import {
  bundledModels,
  memoryOption,
  modelOption,
  policyFileOption,
  type SamplingFlags,
  samplingOf,
  wholeNumber,
  withSampling,
} from '../options.ts';
import { readSource, splitAt } from '../source.ts';

interface Options extends SamplingFlags {
  line: number;
  column: number;
  draft: string;
  maxTokens: number;
  singleLine?: boolean;
  model: string;
  policyFile: string;
  memory: MemoryMode;
  threads: number;
  json?: boolean;
}

/** Colours of drafts, in the order in which they first appear. The target's own tokens have none. */
const COLOURS = ['green', 'cyan', 'magenta', 'yellow', 'blue'] as const;

export function completeCommand(): Command {
  return withSampling(new Command('complete'))
    .description('complete a file at a cursor')
    .argument('<file>', 'the file to complete')
    .requiredOption('--line <n>', 'line of the cursor, from 1', wholeNumber(1))
    .requiredOption('--column <n>', 'column of the cursor, from 1, in UTF-16 units', wholeNumber(1))
    .option('--draft <id>', 'policy, trained, trained+online, rule, none, or one draft', 'policy')
    .addOption(policyFileOption())
    .addOption(memoryOption())
    .option('--max-tokens <n>', 'most tokens to generate', wholeNumber(1), 64)
    .option('--single-line', 'end at the end of the line')
    .addOption(modelOption())
    .option('--threads <n>', 'threads of the target; 0 takes the physical cores', wholeNumber(0), 0)
    .option('--json', 'print one JSON object at the end and nothing else')
    .action(run);
}

async function run(file: string, options: Options): Promise<void> {
  const source = await readSource(file);
  const { prefix, suffix } = splitAt(source.text, options.line, options.column, file);
  if (source.notice) console.error(`slipstream: ${source.notice}`);

  const assistant = await loadAssistant({
    ...options,
    pool: [],
    bundled: bundledModels(),
    costCache: await keptCosts(),
  });
  for (const notice of [...assistant.problems, ...assistant.notices]) console.error(`slipstream: ${notice}`);
  const policy = policyOf(options.draft, assistant);
  assistant.index.put(file, assistant.tokenizer.encode(suffix.slice(0, 200_000)));

  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  const shown = path.relative(process.cwd(), path.resolve(file)) || file;
  const job = { ...options, path: shown, language: languageOf(file), prefix, suffix };
  const painter = options.json ? undefined : new Painter();
  const result = await complete(
    assistant,
    { ...job, singleLine: options.singleLine === true, sampling: samplingOf(options) },
    { policy, signal: interrupted.signal, onPieces: (pieces) => painter?.paint(pieces) },
  );

  if (options.json) {
    const { text, finish, tokens, rounds, drafted, accepted, millis, drafts } = result;
    const report = { text, finish, tokens, rounds, drafted, accepted };
    const load = assistant.loadMillis;
    console.log(
      JSON.stringify({ ...report, millis: { load, ...millis }, drafts, model: assistant.folder.name }),
    );
  } else {
    painter?.end();
  }
  if (result.finish === 'cancelled') process.exitCode = 130;
}

/** Writes text as it comes; on a terminal each draft has its colour. */
class Painter {
  private readonly colours = new Map<string, (typeof COLOURS)[number]>();

  paint(pieces: readonly Piece[]): void {
    for (const { text, draft } of pieces) process.stdout.write(this.coloured(text, draft));
  }

  /** End the line and name the colours, where colours were shown. */
  end(): void {
    process.stdout.write('\n');
    if (!process.stdout.isTTY || this.colours.size === 0) return;
    const legend = [...this.colours].map(([draft, colour]) => styleText(colour, draft)).join(' ');
    process.stderr.write(
      styleText('dim', 'drafted by ') + legend + styleText('dim', ', the rest by the target\n'),
    );
  }

  private coloured(text: string, draft: string | undefined): string {
    if (!process.stdout.isTTY || draft === undefined) return text;
    const colour = this.colours.get(draft) ?? COLOURS[this.colours.size % COLOURS.length]!;
    this.colours.set(draft, colour);
    return styleText(colour, text);
  }
}
