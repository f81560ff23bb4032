import { Command } from 'commander';
import { trainCommand } from './memory/train.ts';

/** The command that learns what the workspace memory weighs evidence by. */
export function memoryCommand(): Command {
  return new Command('memory')
    .description('learn how much the file and the workspace weigh in on the model')
    .addCommand(trainCommand());
}
