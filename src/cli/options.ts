import path from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { SamplingOptions } from '../engine/sampling.ts';
import { MEMORY_MODES } from '../inference/learntWeights.ts';
import { PROVIDER_WISHES } from '../runtime/providers.ts';

/** More would be a slip; those that a machine has no cores for are not used either. */
const MOST_THREADS = 4096;

/** Folder of the bundled models, beside the folder that the program was built into. */
export function bundledModels(): string {
  return path.join(__dirname, '..', 'models');
}

/** `--model auto|base|tiny|FOLDER`. */
export function modelOption(): Option {
  return new Option(
    '--model <name>',
    'the target: base, tiny, auto (base where this machine is fast enough), an added model, or a folder',
  )
    .env('SLIPSTREAM_MODEL')
    .default('auto');
}

/** `--drafts IDS`; all without it. */
export function draftsOption(): Option {
  return new Option('--drafts <ids>', 'drafts that may be used, by commas')
    .argParser((text: string) =>
      text
        .split(',')
        .map((id) => id.trim())
        .filter((id) => id !== ''),
    )
    .default([], 'all that fit the target');
}

/** `--policy-file FILE`; empty without it. */
export function policyFileOption(): Option {
  return new Option('--policy-file <file>', 'a trained policy').default('', 'the bundled one');
}

/** `--memory auto|on|off`. */
export function memoryOption(): Option {
  return new Option('--memory <mode>', 'let the file and the workspace weigh in on every token')
    .choices(MEMORY_MODES)
    .default('auto', 'with the bundled target alone');
}

/** `--workspaces DIR...`; none without it. */
export function workspacesOption(): Option {
  return new Option(
    '--workspaces <folders...>',
    'folders that the prompts were cut from, to be in the index',
  ).default([], "a prompt's own file alone");
}

/** A commander parser for whole numbers from `least` to `most`; without `most` any that a number can hold. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  const range = most === Number.MAX_SAFE_INTEGER ? `${least} up` : `${least} to ${most}`;
  return (text) => {
    // Digits alone: `Number` takes `1e3`, `0x10` and `Infinity` too, which nobody means here.
    const value = /^\s*\d+\s*$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) {
      throw new InvalidArgumentError(`It takes a whole number from ${range}.`);
    }
    return value;
  };
}

/** `--threads N`. */
export function threadsOption(): Option {
  return new Option('--threads <n>', 'threads of the target; 0 takes the physical cores')
    .argParser(wholeNumber(0, MOST_THREADS))
    .default(0);
}

/** `--provider NAME`. */
export function providerOption(): Option {
  return new Option(
    '--provider <name>',
    'what the target runs on; auto tries what is there and takes the quickest',
  )
    .choices(PROVIDER_WISHES)
    .default('cpu');
}

/** `--max-tokens N`. */
export function maxTokensOption(): Option {
  return new Option('--max-tokens <n>', 'most tokens to generate')
    .argParser(wholeNumber(1, 4096))
    .default(64);
}

/** A commander parser for numbers from `least` to `most`. */
export function number(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= least && value <= most)) {
      throw new InvalidArgumentError(`It takes a number from ${least} to ${most}.`);
    }
    return value;
  };
}

/** The sampling options of a command, as commander hands them over. */
export interface SamplingFlags {
  temperature: number;
  topP: number;
  seed: number;
}

/** Add `--temperature`, `--top-p` and `--seed` to a command. */
export function withSampling(command: Command): Command {
  return command
    .option('--temperature <t>', '0 always takes the most likely token', number(0, 100), 0)
    .option(
      '--top-p <p>',
      'with a temperature: keep the likeliest tokens up to this probability',
      number(0.001, 1),
      1,
    )
    .option('--seed <n>', 'with a temperature: the same seed gives the same text', wholeNumber(0), 0);
}

/** What the flags ask for; undefined for greedy decoding. */
export function samplingOf({ temperature, topP, seed }: SamplingFlags): SamplingOptions | undefined {
  return temperature > 0 ? { temperature, topP, seed } : undefined;
}
