import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { readFile, rm, truncate } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { fileTrouble, UserError } from '../errors.ts';
import {
  armNames,
  type LogHeader,
  type LogRecord,
  logHeader,
  logRecord,
  PART,
  parseLine,
  sameRecording,
} from './log.ts';

/**
 * Writes a log, going on where an earlier run was ended: until it is complete, lines stand uncompressed in `FILE.part`.
 */
export class LogWriter {
  private constructor(
    private readonly file: string,
    private readonly part: string,
    /** Ids of the requests that are recorded already. */
    readonly done: ReadonlySet<string>,
    private readonly out: ReturnType<typeof createWriteStream>,
  ) {
    // The caller that waits for the line is told that it could not be written.
    out.on('error', () => undefined);
  }

  /**
   * @throws UserError `log-other` when a part is there that was recorded with another model or other drafts,
   * `log-broken` when it is none, `log-unwritable`.
   */
  static async open(file: string, header: LogHeader): Promise<LogWriter> {
    const part = `${file}${PART}`;
    const done = new Set<string>();
    if (existsSync(part)) {
      const text = await readFile(part, 'utf8');
      // A line that was being written when the run ended is written again.
      const kept = text.slice(0, text.lastIndexOf('\n') + 1);
      await truncate(part, Buffer.byteLength(kept));
      const [first, ...lines] = kept.split('\n').slice(0, -1);
      if (first !== undefined) checkSame(parseLine(logHeader, first, part, 1), header, part);
      for (const [i, line] of lines.entries()) done.add(parseLine(logRecord, line, part, i + 2).id);
      if (first !== undefined) {
        return new LogWriter(file, part, done, createWriteStream(part, { flags: 'a' }));
      }
    }
    const writer = new LogWriter(file, part, done, createWriteStream(part));
    await writer.line(header);
    return writer;
  }

  async write(record: LogRecord): Promise<void> {
    await this.line(record);
  }

  /** All is recorded: compress. */
  async finish(): Promise<void> {
    await this.close();
    await this.writing(this.file, () => this.compress());
    await rm(this.part);
  }

  private compress(): Promise<void> {
    return pipeline(createReadStream(this.part), createGzip({ level: 9 }), createWriteStream(this.file));
  }

  /** Stop here; a later run goes on. */
  close(): Promise<void> {
    return this.writing(
      this.part,
      () =>
        new Promise((resolve, reject) => {
          this.out.once('error', reject);
          this.out.end(resolve);
        }),
    );
  }

  private line(value: unknown): Promise<void> {
    return this.writing(
      this.part,
      () =>
        new Promise((resolve, reject) => {
          this.out.write(`${JSON.stringify(value)}\n`, (error) => (error ? reject(error) : resolve()));
        }),
    );
  }

  private async writing(file: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      throw new UserError('log-unwritable', fileTrouble(cause, file, 'written'), { cause });
    }
  }
}

function checkSame(before: LogHeader, now: LogHeader, part: string): void {
  if (sameRecording(before, now)) return;
  throw new UserError(
    'log-other',
    `${part} was begun with ${before.model} and the drafts ${armNames(before)}. Name another file, or remove it to begin anew.`,
  );
}
