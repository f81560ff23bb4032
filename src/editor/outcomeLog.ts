import type * as vscode from 'vscode';
import { type Outcome, outcomeName } from './completion/outcome.ts';

/** Answers whose median says whether the model is slow. */
const ANSWERS = 9;

/** Notes in the log how each request has ended. */
export class OutcomeLog {
  /** Name of the last one's end. */
  last = 'none';
  /** What the last failure said. */
  message: string | undefined;
  /** Told of each end by its name. */
  listener: ((name: string, millis: number) => void) | undefined;
  private readonly answers: number[] = [];

  constructor(private readonly log: vscode.LogOutputChannel) {}

  /** Median of the last answers of the model in milliseconds; undefined where there are too few. */
  get answerMillis(): number | undefined {
    if (this.answers.length < ANSWERS) return undefined;
    return [...this.answers].sort((a, b) => a - b)[ANSWERS >> 1];
  }

  report(outcome: Outcome, language: string | undefined, millis: number): void {
    const name = outcomeName(outcome);
    const where = language === undefined ? '' : ` in ${language},`;
    // A failure comes back with each keystroke; its message is worth one line.
    const why = outcome.type === 'failed' && name !== this.last ? `: ${outcome.message}` : '';
    this.last = name;
    this.message = outcome.type === 'failed' ? outcome.message : undefined;
    if (outcome.type === 'shown' && outcome.source === 'new') {
      this.answers.push(millis);
      if (this.answers.length > ANSWERS) this.answers.shift();
    }
    this.log.info(`suggestion ${name}${where} ${millis} ms${why}`);
    this.listener?.(name, millis);
  }
}
