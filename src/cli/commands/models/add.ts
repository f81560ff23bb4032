// This folder: `slipstream models`.

import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { failureOf, UserError } from '../../../errors.ts';
import { addModel, type OnProgress, sourceOf } from '../../../models/add.ts';
import { storeFolder } from '../../../models/places.ts';
import { ModelStore, megabytes } from '../../../models/store.ts';
import { proxiedFetch } from '../../../network/proxiedFetch.ts';
import { CausalModel } from '../../../runtime/causalModel.ts';
import { openModelFolder } from '../../../runtime/modelFolder.ts';
import { Tokenizer } from '../../../runtime/tokenizer.ts';
import { tell } from '../../load.ts';
import { wholeNumber } from '../../options.ts';

interface Options {
  name?: string;
  file?: string;
  draft?: boolean;
  context?: number;
  json?: boolean;
}

export function addCommand(): Command {
  return new Command('add')
    .description(
      'add a model: a GGUF file, a folder, an exported archive, or OWNER/NAME of the Hugging Face hub',
    )
    .argument('<source>', 'what to add; a repository may end in @REVISION')
    .option('--name <name>', 'what to call it; the name of its file or repository without it')
    .option('--file <text>', 'of a repository: which of its graphs or GGUF files, by a part of the name')
    .option('--draft', 'let it draft for larger models')
    .option(
      '--context <n>',
      'of a GGUF file: most positions, which its memory grows with',
      wholeNumber(256, 8192),
    )
    .option('--json', 'print one JSON object a line: how far it is, and the model at the end')
    .addHelpText(
      'after',
      `
HF_TOKEN is sent where a model is gated, HF_ENDPOINT names a mirror, HTTPS_PROXY and NODE_EXTRA_CA_CERTS are followed. What was
loaded before an interruption is kept: the same command goes on from there.`,
    )
    .action(run);
}

export function importCommand(): Command {
  return new Command('import')
    .description('add a model that another machine exported')
    .argument('<file>', 'the archive (.tar)')
    .option('--name <name>', 'what to call it; the name of the file without it')
    .action((file: string, options: Pick<Options, 'name'>) => {
      if (sourceOf(file).kind !== 'archive') {
        throw new UserError(
          'archive-broken',
          `${file} is no archive: its name does not end in .tar. Name one that «models export» wrote.`,
        );
      }
      return run(file, options);
    });
}

async function run(source: string, { json, ...options }: Options): Promise<void> {
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort(new Error('interrupted')));
  process.once('SIGTERM', () => interrupted.abort(new Error('interrupted')));
  const { onProgress, stop } = json ? printed() : drawn();
  try {
    const model = await addModel(new ModelStore(storeFolder()), source, {
      ...options,
      fetch: proxiedFetch(),
      signal: interrupted.signal,
      onProgress,
      examine,
    });
    stop();
    if (json) console.log(JSON.stringify({ model }));
    else {
      console.log(
        `${model.name}: ${model.description || 'added'} ${megabytes(model.bytes)} MB in ${model.folder}`,
      );
      tell(`Use it with --model ${model.name}, or as the setting slipstream.model.`);
    }
  } catch (error) {
    stop();
    if (!interrupted.signal.aborted) {
      // Who reads the lines wants to tell one reason from another.
      if (json) console.log(JSON.stringify({ failure: failureOf(error) }));
      throw error;
    }
    tell('Stopped. What has come so far is kept: the same command goes on from there.');
    process.exitCode = 130;
  }
}

/** Load a model and let it score some tokens. @throws UserError with the reason why it cannot be used. */
async function examine(place: string): Promise<void> {
  const folder = await openModelFolder(place);
  await Tokenizer.load(folder);
  // Bare weights of a small draft have no graph to try.
  if (!folder.graph.endsWith('.onnx')) return;
  const model = await CausalModel.load(folder, { threads: 0, rowMultiple: 2 });
  await model.dispose();
}

interface Shown {
  readonly onProgress: OnProgress;
  readonly stop: () => void;
}

/** A bar in a terminal; elsewhere nothing. */
function drawn(): Shown {
  const bar = new SingleBar({
    format: '{part} {bar} {value} of {total} MB, {eta_formatted} left',
    stream: process.stderr,
  });
  let part = '';
  return {
    onProgress: (now, done, total) => {
      if (!process.stderr.isTTY) return;
      if (now !== part) bar.start(megabytes(total), 0, { part: now });
      part = now;
      bar.update(megabytes(done));
    },
    stop: () => bar.stop(),
  };
}

/** A line whenever a hundredth more is done. */
function printed(): Shown {
  let last = '';
  return {
    onProgress: (part, done, total) => {
      const percent = Math.floor((100 * done) / Math.max(1, total));
      const line = JSON.stringify({ part, percent, done, total });
      if (`${part} ${percent}` !== last) console.log(line);
      last = `${part} ${percent}`;
    },
    stop: () => undefined,
  };
}
