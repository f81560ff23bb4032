import type { ArmReport } from '../../src/measure/report.ts';
import { table } from '../../src/measure/report.ts';

/** What `slipstream policy clock` finds. */
export interface ClockResults {
  readonly machine: Readonly<Record<string, unknown>>;
  readonly model: string;
  readonly prompts: number;
  /** Requests of the training log. */
  readonly trainedOn: number;
  /** The draft and length that were best on it. */
  readonly bestFixed: string;
  /** By arm; speedups are over `none`. */
  readonly arms: Readonly<Record<string, ArmReport>>;
}

/** The results as tables. */
export function clockMarkdown({ machine, prompts, trainedOn, bestFixed, arms, model }: ClockResults): string {
  return [
    `${prompts} prompts, decoded by every policy in turns with the target \`${model}\` (${String(machine.cpu ?? 'unknown')}, ${String(machine.cores ?? '?')} cores). Policies that need a log had ${trainedOn} requests; the best fixed draft and length of it is \`${bestFixed}\`. Times are from the end of prefill to the last token, choosing included.`,
    '### By class',
    table(arms, 'byClass'),
    '### By language',
    table(arms, 'byLanguage'),
  ].join('\n\n');
}
