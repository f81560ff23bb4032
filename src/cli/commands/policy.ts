import { Command } from 'commander';
import { collectCommand } from './policy/collect.ts';
import { evaluateCommand } from './policy/evaluate.ts';
import { explainCommand } from './policy/explain.ts';
import { trainCommand } from './policy/train.ts';

/** The commands that make a policy for a machine and its code. */
export function policyCommand(): Command {
  return new Command('policy')
    .description('record decoding, train the choice of drafts on it, compare policies, explain a choice')
    .addCommand(collectCommand())
    .addCommand(trainCommand())
    .addCommand(evaluateCommand())
    .addCommand(explainCommand());
}
