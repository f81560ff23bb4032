import { Command } from 'commander';
import { addCommand, importCommand } from './models/add.ts';
import { exportCommand, listCommand, removeCommand, verifyCommand } from './models/keep.ts';
import { tuneCommand } from './models/tune.ts';

/** The commands that bring models in beside the bundled ones. */
export function modelsCommand(): Command {
  return new Command('models')
    .description('add models of your own, and look after them')
    .addCommand(addCommand())
    .addCommand(listCommand())
    .addCommand(verifyCommand())
    .addCommand(removeCommand())
    .addCommand(exportCommand())
    .addCommand(importCommand())
    .addCommand(tuneCommand());
}
