import { newOnlineState, type OnlineState, takeVerdict } from '../engine/policy/online.ts';
import { LearntFile } from '../inference/learntFile.ts';
import type { FeedbackParams } from './protocol.ts';

/** What was learnt is written this long after a job, so that many jobs make one write. */
const KEEP_AFTER = 10_000;

/** What the policy learns in this workspace, and keeps where a folder is given for it. */
export class Learning {
  private readonly file: LearntFile | undefined;
  private state: OnlineState | undefined;
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param folder empty where nothing is kept
   * @param isUsed whether the policy that is set learns
   */
  constructor(
    folder: string | undefined,
    private readonly isUsed: () => boolean,
    log: (line: string) => void,
  ) {
    this.file = folder ? new LearntFile(folder, log) : undefined;
  }

  /** What is known so far; undefined before it was read. */
  get online(): OnlineState | undefined {
    return this.state;
  }

  /** Read what was learnt before. */
  async read(): Promise<void> {
    this.state ??= (await this.file?.read()) ?? newOnlineState();
  }

  /** Learn from what the user thinks of a suggestion. A verdict that replaces another comes as its opposite. */
  verdict({ language, verdict }: FeedbackParams): void {
    if (!this.state) return;
    takeVerdict(this.state, language, verdict === 'good');
    this.keepSoon();
  }

  /** Something may have been learnt: keep it, with what follows soon. */
  keepSoon(): void {
    this.timer ??= setTimeout(() => void this.keep(), KEEP_AFTER);
  }

  private async keep(): Promise<void> {
    this.timer = undefined;
    if (this.state && this.isUsed()) await this.file?.write(this.state);
  }
}
