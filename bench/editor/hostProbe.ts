/**
 * Loaded into the processes of an editor by `--require`, bundled: measures from inside how long the event loop of the process that hosts
 * extensions was blocked, and the processor time of it and of the worker. Whoever asks at its socket gets the figures.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { createServer } from 'node:net';
import path from 'node:path';
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

/** Times in milliseconds. */
export interface Figures {
  /** How much later than due a timer of one millisecond ran, since «all» was asked. */
  readonly delay: { readonly p50: number; readonly p99: number; readonly max: number };
  /** The most of it since anything was asked. */
  readonly longest: number;
  /** Processor time since «all» was asked. */
  readonly cpu: number;
}

/** `all` begins anew; `profile` begins a profile, and ends one that was begun. */
export type Question = 'all' | 'longest' | 'profile';
export type Measured = 'host' | 'worker';

/** Where a process is asked. */
export function socketOf(folder: string, process: Measured): string {
  return path.join(folder, `${process}.sock`);
}

/** Where the profile of a process is written. */
export function profileOf(folder: string, process: Measured): string {
  return path.join(folder, `${process}.cpuprofile`);
}

/** Milliseconds of the timer whose delay is measured: it is part of what a histogram holds. */
const RESOLUTION = 1;

function listen(folder: string, own: Measured): void {
  const socket = socketOf(folder, own);
  const profile = profiler(profileOf(folder, own));
  const [whole, part] = [0, 1].map(() => monitorEventLoopDelay({ resolution: RESOLUTION })) as [
    IntervalHistogram,
    IntervalHistogram,
  ];
  whole.enable();
  part.enable();
  let cpu = process.cpuUsage();
  const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION);
  const figures = (): Figures => {
    const used = process.cpuUsage(cpu);
    return {
      delay: { p50: late(whole.percentile(50)), p99: late(whole.percentile(99)), max: late(whole.max) },
      longest: late(part.max),
      cpu: (used.user + used.system) / 1_000,
    };
  };
  const server = createServer((asker) => {
    asker.on('error', () => {});
    asker.on('data', (question) => {
      const asked = question.toString();
      if (asked === 'profile') profile();
      asker.end(JSON.stringify(figures()));
      part.reset();
      if (asked !== 'all') return;
      whole.reset();
      cpu = process.cpuUsage();
    });
  });
  server.on('error', (error) => console.error(`no figures at ${socket}: ${error.message}`));
  rmSync(socket, { force: true });
  server.listen(socket).unref();
}

/** Begins a profile when called, and writes it when called again. */
function profiler(file: string): () => void {
  let session: Session | undefined;
  return () => {
    if (session) {
      session.post('Profiler.stop', (error, { profile }) => {
        if (!error) writeFileSync(file, JSON.stringify(profile));
      });
      session.disconnect();
      session = undefined;
      return;
    }
    session = new Session();
    session.connect();
    session.post('Profiler.enable');
    session.post('Profiler.start');
  };
}

const folder = process.env.SLIPSTREAM_PROBE;
if (folder !== undefined) {
  const [, program = '', ...args] = process.argv;
  if (args.includes('--type=extensionHost')) listen(folder, 'host');
  else if (program.endsWith(path.join('dist', 'worker.js'))) listen(folder, 'worker');
}
