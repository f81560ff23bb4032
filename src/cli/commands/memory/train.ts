// This folder: `slipstream memory`.

import { Command } from 'commander';
import { UserError } from '../../../errors.ts';
import { MEMORY_FORMAT, MEMORY_VERSION, type MemoryFile } from '../../../inference/memoryFile.ts';
import { Examples } from '../../../learning/memory/examples.ts';
import { fitMemory } from '../../../learning/memory/fit.ts';
import { cutPlaces } from '../../../learning/memory/places.ts';
import { recordWorkspace } from '../../../learning/memory/record.ts';
import { readWorkspace } from '../../../learning/workspace.ts';
import { seededRandom } from '../../../measure/statistics.ts';
import { loadForCommand } from '../../load.ts';
import { modelOption, threadsOption, wholeNumber } from '../../options.ts';
import { requireWritable, writeResult } from '../../output.ts';
import { progressOf } from '../../progress.ts';

interface Options {
  out: string;
  places: number;
  epochs: number;
  hidden: number;
  model: string;
  threads: number;
}

export function trainCommand(): Command {
  return new Command('train')
    .description('let the target read source code and learn when what stood before says more than it does')
    .argument('<folders...>', 'workspaces that the target was not trained on, one folder each')
    .requiredOption('--out <file>', 'the weights to write (.json)')
    .option('--places <n>', 'most places of a workspace', wholeNumber(1, 100_000), 100)
    .option('--epochs <n>', 'how often the places are gone through', wholeNumber(1, 1000), 8)
    .option('--hidden <n>', 'hidden units of the network', wholeNumber(1, 256), 16)
    .addOption(modelOption())
    .addOption(threadsOption())
    .action(run);
}

async function run(folders: string[], options: Options): Promise<void> {
  // Before the minutes of reading, not after them.
  await requireWritable(options.out);
  // A memory that is learnt anew must not be looked at.
  const pipeline = await loadForCommand({ ...options, pool: ['lookup'], memory: 'off' });
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const bar = progressOf(folders.length, 'workspaces');
  const examples = new Examples();
  const random = seededRandom(1);
  let places = 0;
  for (const folder of [...folders].sort()) {
    const files = await readWorkspace(folder);
    const cut = cutPlaces(files, Math.min(options.places, 4 * files.length), random);
    await recordWorkspace(pipeline, files, cut, examples, stop.signal);
    if (stop.signal.aborted) throw new UserError('stopped', 'Stopped. Nothing was written.');
    places += cut.length;
    bar.step();
  }
  bar.stop();
  if (examples.list.length === 0) {
    throw new UserError('no-sources', `There is nothing to learn from in ${folders.join(', ')}.`);
  }
  const weights = fitMemory(examples, {
    ...options,
    random,
    onEpoch: (epoch, loss) => console.error(`epoch ${epoch + 1}: ${loss.toFixed(4)} nats a token`),
  });
  const file: MemoryFile = {
    format: MEMORY_FORMAT,
    version: MEMORY_VERSION,
    trainedOn: { model: pipeline.folder.name, places, tokens: examples.list.length },
    network: weights.network,
  };
  await writeResult(options.out, `${JSON.stringify(file)}\n`);
  console.log(
    `Learnt from ${places} places in ${folders.length} workspaces; the weights are in ${options.out}.`,
  );
}
