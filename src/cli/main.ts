// This folder: `slipstream`: its options and how its commands load models.

import { inspect } from 'node:util';
import { Command, CommanderError } from 'commander';
import { benchCommand } from './commands/bench.ts';
import { completeCommand } from './commands/complete.ts';
import { doctorCommand } from './commands/doctor.ts';
import { memoryCommand } from './commands/memory.ts';
import { modelsCommand } from './commands/models.ts';
import { policyCommand } from './commands/policy.ts';
import { commandFailure, EXIT, outputFailure, usageFailure } from './failures.ts';
import { tell } from './load.ts';
import { supervise } from './supervise.ts';
import { version } from './version.ts';

const program = new Command('slipstream')
  .description('Code completion on this machine, fast because it drafts.')
  .version(version)
  .option('--verbose', 'show the stack of an error')
  .addHelpText(
    'after',
    `
Examples:
  slipstream complete src/app.ts --line 12 --column 20
  slipstream complete src/app.ts --line 12 --column 20 --draft none --json
  slipstream models add qwen2.5-coder-1.5b-q8_0.gguf
  slipstream bench bench/prompts/first-light.jsonl --arms none-1row,none,suffix,policy
  slipstream doctor`,
  );

for (const command of [
  completeCommand,
  modelsCommand,
  benchCommand,
  policyCommand,
  memoryCommand,
  doctorCommand,
]) {
  program.addCommand(command());
}
inOneVoice(program, []);

/** Every command, however deep, says what is wrong with its arguments as all other failures are said. */
function inOneVoice(command: Command, path: readonly string[]): void {
  const names = [...path, command.name()];
  command.exitOverride().configureOutput({
    outputError: (text, write) => write(`slipstream: ${usageFailure(text, names)}\n`),
  });
  for (const below of command.commands) inOneVoice(below, names);
}

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The reader of the output may have seen enough (`slipstream … | head`): then there is nothing left to do.
    if (error.code !== 'EPIPE' && stream === process.stdout) tell(outputFailure(error));
    process.exit(EXIT.failed);
  });
}

async function main(): Promise<number> {
  try {
    await program.parseAsync();
    return process.exitCode === undefined ? EXIT.done : Number(process.exitCode);
  } catch (error) {
    // Help and version end in an error of exit code 0; a usage error was printed already.
    if (error instanceof CommanderError) return error.exitCode;
    const { sentence, exitCode } = commandFailure(error);
    const verbose = program.opts<{ verbose?: boolean }>().verbose === true;
    tell(verbose ? inspect(error) : sentence);
    return exitCode;
  }
}

supervise(__filename, main).then((code) => {
  process.exitCode = code;
});
