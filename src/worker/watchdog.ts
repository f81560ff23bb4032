import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Between two looks at the worker, in milliseconds. */
const LOOK = 250;
/** Looks in a row at which a stopped process is found before it is given up: one that is stopped for a moment goes on. */
const STOPPED_LOOKS = 3;
/** Looks without an answer before a worker that is busy with something endless is given up: two minutes, since a large model loads long. */
const SILENT_LOOKS = 480;

/** What is watched, and who wants to know. */
export interface Watched {
  /** Resolves when the worker's own loop has turned. */
  readonly ping: () => Promise<unknown>;
  /** Whether the system has stopped the process. */
  readonly isStopped: () => Promise<boolean>;
  /** Called once. @param why what is wrong with it, for a sentence that begins with «It» */
  readonly onHang: (why: string) => void;
}

/**
 * Notices a worker that neither answers nor ends, while somebody waits for it; else it costs nothing. Looks are counted and no
 * time is taken: a clock that jumps, or a machine that slept for an hour, is one look like any other.
 */
export class Watchdog {
  private waiting = 0;
  private timer: NodeJS.Timeout | undefined;
  private silent = 0;
  private stopped = 0;
  private asked = false;

  constructor(private readonly watched: Watched) {}

  /** Watch until `work` ends. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.waiting++;
    this.timer ??= setInterval(() => void this.look(), LOOK).unref();
    try {
      return await work;
    } finally {
      if (--this.waiting === 0) this.end();
    }
  }

  /** The process has ended. */
  end(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.silent = 0;
    this.stopped = 0;
  }

  private async look(): Promise<void> {
    if (!this.asked) {
      this.asked = true;
      this.silent = 0;
      this.stopped = 0;
      // A line that is broken is told by its own end.
      const heard = () => {
        this.asked = false;
      };
      void this.watched.ping().then(heard, heard);
      return;
    }
    this.silent++;
    const stopped = await this.watched.isStopped();
    if (!this.timer) return;
    this.stopped = stopped ? this.stopped + 1 : 0;
    if (this.stopped >= STOPPED_LOOKS) this.giveUp('was stopped and did not go on');
    else if (this.silent >= SILENT_LOOKS) this.giveUp('did not answer for two minutes');
  }

  private giveUp(why: string): void {
    this.end();
    this.watched.onHang(why);
  }
}

/** Whether the system has stopped a process (SIGSTOP); one that a debugger holds is not. False where it cannot be known. */
export async function isStopped(pid: number | undefined): Promise<boolean> {
  if (pid === undefined) return false;
  try {
    if (process.platform === 'linux') {
      const line = await readFile(`/proc/${pid}/stat`, 'latin1');
      // Behind the name, which may hold anything.
      return line.slice(line.lastIndexOf(')') + 2).startsWith('T');
    }
    if (process.platform !== 'darwin') return false;
    const { stdout } = await promisify(execFile)('ps', ['-o', 'state=', '-p', String(pid)]);
    return stdout.startsWith('T');
  } catch {
    return false;
  }
}
