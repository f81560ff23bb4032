/** One line of the report that the suite writes for the runner. */
export interface SuiteLine {
  readonly title: string;
  /** `ended` is the last line: without it the editor went away in mid-run. */
  readonly state: 'passed' | 'failed' | 'skipped' | 'ended';
  readonly millis: number;
  readonly error?: string;
}
