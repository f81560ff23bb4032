import { readFileSync } from 'node:fs';
import path from 'node:path';
import { inspect } from 'node:util';
import { Command, CommanderError } from 'commander';
import { UserError } from '../errors.ts';
import { benchCommand } from './commands/bench.ts';
import { completeCommand } from './commands/complete.ts';
import { doctorCommand } from './commands/doctor.ts';
import { memoryCommand } from './commands/memory.ts';
import { policyCommand } from './commands/policy.ts';

/** Version of the package this file was built into. */
function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(path.join(__dirname, '..', 'package.json'), 'utf8'));
  return String((manifest as { version: unknown }).version);
}

const program = new Command('slipstream')
  .description('Code completion on this machine, fast because it drafts.')
  .version(version())
  .option('--verbose', 'show the stack of an error')
  .configureOutput({
    outputError: (text, write) => write(text.replace(/^error: /, 'slipstream: ')),
  })
  .showHelpAfterError('(slipstream --help shows what there is)')
  .addHelpText(
    'after',
    `
Examples:
  slipstream complete src/app.ts --line 12 --column 20
  slipstream complete src/app.ts --line 12 --column 20 --draft none --json
  slipstream bench bench/prompts/first-light.jsonl --arms none-1row,none,suffix,policy
  slipstream doctor`,
  )
  .exitOverride();

for (const command of [completeCommand, benchCommand, policyCommand, memoryCommand, doctorCommand]) {
  program.addCommand(command().copyInheritedSettings(program));
}

// Whoever reads the output may have seen enough (`slipstream … | head`): then there is nothing left to do.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(1);
});

async function main(): Promise<number> {
  try {
    await program.parseAsync();
    return process.exitCode === undefined ? 0 : Number(process.exitCode);
  } catch (error) {
    // Help and version end in an error of exit code 0; a usage error was printed already.
    if (error instanceof CommanderError) return error.exitCode;
    const verbose = program.opts<{ verbose?: boolean }>().verbose === true;
    console.error(`slipstream: ${describe(error, verbose)}`);
    return error instanceof UserError ? 1 : 70;
  }
}

function describe(error: unknown, verbose: boolean): string {
  if (verbose) return inspect(error);
  if (error instanceof UserError) return error.message;
  const text = error instanceof Error ? error.message : String(error);
  return `something went wrong inside (${text}). Run again with --verbose and report what it prints.`;
}

main().then((code) => {
  process.exitCode = code;
});
