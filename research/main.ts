/**
 * Studies of policies for the development of Slipstream: `npm run research -- evaluate …` and `npm run research -- clock …`.
 * Nothing here is in the extension or the command line that users have.
 */
import { Command, CommanderError } from 'commander';
import { UserError } from '../src/errors.ts';
import { clockCommand } from './clock/command.ts';
import { evaluateCommand } from './evaluate/command.ts';

const program = new Command('research')
  .description('compare policies with rivals, in replay and on the clock')
  .exitOverride();
for (const command of [evaluateCommand, clockCommand]) {
  program.addCommand(command().copyInheritedSettings(program));
}

program.parseAsync().catch((error: unknown) => {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode;
    return;
  }
  console.error(error instanceof UserError ? `research: ${error.message}` : error);
  process.exitCode = 1;
});
