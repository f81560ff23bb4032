import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { failureOf } from '../../../errors.ts';
import type { MemoryMode } from '../../../inference/learntWeights.ts';
import { identityOf, placesOfTuned, writeTuned } from '../../../inference/tunedPolicy.ts';
import { type TunePart, type TuneResult, tune } from '../../../learning/tune.ts';
import { planOf } from '../../../learning/tunePlan.ts';
import { exclusively } from '../../../models/lock.ts';
import { storeFolder, tunedFolder } from '../../../models/places.ts';
import { writingTrouble } from '../../../models/store.ts';
import type { ProviderWish } from '../../../runtime/providers.ts';
import { freshCosts } from '../../cache.ts';
import { loadForCommand, tell } from '../../load.ts';
import { draftsOption, memoryOption, number, providerOption, threadsOption } from '../../options.ts';

interface Options {
  files: string[];
  exclude: string[];
  minutes: number;
  drafts: string[];
  memory: MemoryMode;
  threads: number;
  provider: ProviderWish;
  storage?: string;
  json?: boolean;
}

/** Time that measuring the passes may take, in milliseconds, and its share of all at most. */
const MEASURING = { most: 20_000, share: 0.1 };

export function tuneCommand(): Command {
  return new Command('tune')
    .description(
      'measure what a model costs here, and train a policy of its own on files of yours; nothing leaves this machine',
    )
    .argument('<model>', 'base, tiny, auto, an added model, or a folder')
    .option('--files <folders...>', 'folders of source files to tune on', ['.'])
    .option('--exclude <patterns...>', 'files that are not read, as in .gitignore', [])
    .option('--minutes <n>', 'time that it may take, about', number(0.1, 15), 10)
    .addOption(draftsOption())
    .addOption(memoryOption())
    .addOption(threadsOption())
    .addOption(providerOption())
    .option('--storage <folder>', 'where measured times are kept; those of the command line without it')
    .option('--json', 'print one JSON object a line: how far it is, and what it gave at the end')
    .addHelpText(
      'after',
      `
The policy is kept in the folder of the added models and used from the next start on. What was recorded before an interruption
is kept: the same command goes on from there.`,
    )
    .action(run);
}

async function run(model: string, options: Options): Promise<void> {
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort(new Error('interrupted')));
  process.once('SIGTERM', () => interrupted.abort(new Error('interrupted')));
  const { onProgress, stop } = options.json ? printed() : drawn();
  const store = storeFolder();
  try {
    const work = () => tuned(store, model, options, { signal: interrupted.signal, onProgress });
    const outcome = await exclusively(tunedFolder(store), work, 'tuning a model');
    stop();
    if (options.json) console.log(JSON.stringify({ tuned: outcome }));
    else say(outcome);
  } catch (error) {
    stop();
    if (!interrupted.signal.aborted) {
      // Who reads the lines wants to tell one reason from another.
      if (options.json) console.log(JSON.stringify({ failure: failureOf(error) }));
      throw error;
    }
    tell('Stopped. What was recorded so far is kept: the same command goes on from there.');
    process.exitCode = 130;
  }
}

/** What tuning a model came to, and the file of the policy where there is a new one. */
interface Outcome extends Omit<TuneResult, 'policy'> {
  readonly name: string;
  readonly better: boolean;
  readonly file: string | undefined;
}

async function tuned(
  store: string,
  model: string,
  { files, exclude, minutes, storage, ...options }: Options,
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: OnProgress },
): Promise<Outcome> {
  const millis = 60_000 * minutes;
  const begun = performance.now();
  const plan = await planOf(files, exclude);
  onProgress('measuring', 0);
  const pipeline = await loadForCommand({
    ...{ ...options, model, pool: options.drafts },
    costCache: await freshCosts(storage),
    measuringMillis: Math.min(MEASURING.most, MEASURING.share * millis),
  });
  try {
    signal.throwIfAborted();
    const { folder, memory, loaded } = pipeline;
    const target = { folder, memory, name: loaded.bundledName };
    const identity = await identityOf(target);
    const { policy, ...gains } = await tune(pipeline, plan, {
      ...{ signal, onProgress, log: placesOfTuned(store, target).log },
      millis: millis - (performance.now() - begun),
      model: `${folder.name} ${identity.slice(0, 12)}${memory ? ' with memory' : ''}`,
    });
    const file = policy && (await kept(() => writeTuned(store, target, policy), store));
    return { name: loaded.name, better: policy !== undefined, ...gains, file };
  } finally {
    await pipeline.dispose();
  }
}

/** @throws UserError `store-unwritable`. */
async function kept(write: () => Promise<string>, store: string): Promise<string> {
  try {
    return await write();
  } catch (error) {
    throw writingTrouble(error, tunedFolder(store));
  }
}

function say({ name, requests, rounds, held, before, after, better, file }: Outcome): void {
  const gains = `${held} requests that were held out: ${before.toFixed(2)} times as fast as without drafts before, ${after.toFixed(2)} now`;
  console.log(`${name}: ${requests} requests with ${rounds} rounds are recorded. In replay of ${gains}.`);
  console.log(
    better
      ? `The policy is in ${file} and used from now on.`
      : 'The policy that was there is kept: it does no worse.',
  );
}

type OnProgress = (part: TunePart | 'measuring', percent: number) => void;

interface Shown {
  readonly onProgress: OnProgress;
  readonly stop: () => void;
}

/** A bar in a terminal; elsewhere nothing. */
function drawn(): Shown {
  const bar = new SingleBar({ format: '{part} {bar} {percentage} %', stream: process.stderr });
  let part = '';
  return {
    onProgress: (now, percent) => {
      if (!process.stderr.isTTY) return;
      if (now !== part) bar.start(100, 0, { part: now });
      part = now;
      bar.update(Math.floor(percent));
    },
    stop: () => bar.stop(),
  };
}

/** A line whenever a hundredth more is done. */
function printed(): Shown {
  let last = '';
  return {
    onProgress: (part, percent) => {
      const line = JSON.stringify({ part, percent: Math.floor(percent) });
      if (line !== last) console.log(line);
      last = line;
    },
    stop: () => undefined,
  };
}
