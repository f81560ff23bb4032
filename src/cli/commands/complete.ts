// This folder: `slipstream complete`, `bench`, `doctor`.

import { Command } from 'commander';
import type { DecodeResult } from '../../engine/decoder.ts';
import { lineEndOf } from '../../files/lineEnds.ts';
import { complete } from '../../inference/jobs.ts';
import type { MemoryMode } from '../../inference/learntWeights.ts';
import { policyOf } from '../../inference/policies.ts';
import type { ProviderWish } from '../../runtime/providers.ts';
import { decide } from '../../suggestion/decide.ts';
import { completeLines } from '../../suggestion/finish.ts';
import { wantsSingleLine } from '../../suggestion/multiline.ts';
import type { Syntax } from '../../suggestion/syntax.ts';
import { syntaxOf } from '../../syntax/load.ts';
import { keptCosts } from '../cache.ts';
import { cursorIn, type FileCursor } from '../cursor.ts';
import { draftedBy } from '../drafted.ts';
import { loadForCommand, tell } from '../load.ts';
import {
  draftsOption,
  maxTokensOption,
  memoryOption,
  modelOption,
  policyFileOption,
  providerOption,
  type SamplingFlags,
  samplingOf,
  threadsOption,
  wholeNumber,
  withSampling,
} from '../options.ts';
import { Painter } from '../painter.ts';
import { type RemoteFlags, serverOfFlags, withRemote } from '../remoteOptions.ts';
import { completeRemote } from './completeRemote.ts';

interface Options extends SamplingFlags, RemoteFlags {
  line: number;
  column: number;
  draft: string;
  maxTokens: number;
  singleLine?: boolean;
  model: string;
  drafts: string[];
  policyFile: string;
  memory: MemoryMode;
  threads: number;
  provider: ProviderWish;
  raw?: boolean;
  drafted?: boolean;
  json?: boolean;
}

export function completeCommand(): Command {
  return withRemote(withSampling(new Command('complete')))
    .description('complete a file at a cursor: print what the editor would insert')
    .argument('<file>', 'the file to complete')
    .requiredOption('--line <n>', 'line of the cursor, from 1', wholeNumber(1))
    .requiredOption('--column <n>', 'column of the cursor, from 1, in UTF-16 units', wholeNumber(1))
    .option('--draft <id>', 'policy, trained, trained+online, rule, none, or one draft', 'policy')
    .addOption(policyFileOption())
    .addOption(memoryOption())
    .addOption(maxTokensOption())
    .option('--raw', 'print what the model writes as it comes, not what the editor would insert of it')
    .option('--single-line', 'end at the end of the line')
    .addOption(modelOption())
    .addOption(draftsOption())
    .addOption(threadsOption())
    .addOption(providerOption())
    .option('--drafted', 'say at the end which drafts wrote how much')
    .option('--json', 'print one JSON object at the end and nothing else')
    .action(run);
}

async function run(file: string, options: Options): Promise<void> {
  const source = await cursorIn(file, options.line, options.column);
  const { context } = source;
  const syntax = await syntaxOf(context.language);
  const oneLine = options.raw ? false : wantsSingleLine(context, 'auto', syntax);
  const place = { source, singleLine: options.singleLine === true || oneLine, syntax };
  const write = options.remote === undefined ? writeHere : writeThere;
  const finish = await write(place, options);
  if (finish === 'cancelled') process.exitCode = 130;
}

/** Complete with a model of this machine, and print what came of it. */
async function writeHere(place: Place, options: Options): Promise<DecodeResult['finish']> {
  const { source, singleLine } = place;
  const pipeline = await loadForCommand({ ...options, pool: options.drafts, costCache: await keptCosts() });
  const policy = policyOf(options.draft, pipeline);
  pipeline.index.put(source.shown, pipeline.tokenizer.encode(source.below));

  const painter = options.raw && !options.json ? new Painter() : undefined;
  const result = await complete(
    pipeline,
    { ...source.context, singleLine, maxTokens: options.maxTokens, sampling: samplingOf(options) },
    { policy, signal: untilInterrupted(), onPieces: (pieces) => painter?.paint(pieces) },
  );
  const text = options.raw ? result.text : offered(result, place);

  if (options.json) {
    const { finish, tokens, rounds, drafted, accepted, millis, drafts } = result;
    const report = { text, finish, tokens, rounds, drafted, accepted };
    const load = pipeline.loaded.millis;
    console.log(
      JSON.stringify({ ...report, millis: { load, ...millis }, drafts, model: pipeline.loaded.name }),
    );
  } else {
    if (painter) painter.end();
    else process.stdout.write(`${text}\n`);
    if (options.drafted) console.error(draftedBy(result));
  }
  return result.finish;
}

/** Complete at the server that the options name, and print what came of it. */
async function writeThere(place: Place, options: Options): Promise<DecodeResult['finish']> {
  const { source, singleLine } = place;
  const server = serverOfFlags(options.remote ?? '', options);
  const streams = options.raw === true && options.json !== true;
  const wanted = { singleLine, maxTokens: options.maxTokens, sampling: samplingOf(options) };
  const result = await completeRemote(
    server,
    { ...source.context, ...wanted },
    untilInterrupted(),
    (text) => {
      if (streams) process.stdout.write(text);
    },
  );
  const text = options.raw ? result.text : offered(result, place);
  const { finish, millis } = result;
  if (options.json) {
    const model = options.remoteModel;
    console.log(JSON.stringify({ text, finish, millis, server: server.address.host, model }));
  } else process.stdout.write(streams ? '\n' : `${text}\n`);
  return finish;
}

/** Aborted when the user has seen enough. */
function untilInterrupted(): AbortSignal {
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  return interrupted.signal;
}

/** A place in a file, and what is wanted there. */
interface Place {
  readonly source: FileCursor;
  readonly singleLine: boolean;
  readonly syntax: Syntax;
}

/** What the editor would insert behind the cursor, with the line ends of the file; empty, with a word why, for nothing. */
function offered(
  { text, finish }: { readonly text: string; readonly finish: DecodeResult['finish'] },
  { source, singleLine, syntax }: Place,
): string {
  const ended = finish === 'cancelled' ? 'cut' : finish;
  const written = ended === 'cut' ? (completeLines(text) ?? '') : text;
  const decision = decide(source.context, { text: written, finish: ended, singleLine }, syntax);
  if (decision.type === 'offered') {
    const { insertText, before } = decision.item;
    return insertText.slice(before).replaceAll('\n', lineEndOf(source.text));
  }
  if (text.trim() !== '') {
    tell(`What the model wrote is not offered (${decision.reason}). --raw prints it all the same.`);
  }
  return '';
}
