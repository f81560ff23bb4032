import { readdirSync, readFileSync } from 'node:fs';

/** Reads of Linux's /proc what a process takes. */

export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** All processes that come of `pid`, children of children too. */
export function processesBelow(pid: number): Process[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const processes = all.flatMap((name) => {
    const stat = read(`/proc/${name}/stat`);
    // The name in brackets may hold anything, spaces and brackets too.
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    const command = read(`/proc/${name}/cmdline`).replaceAll('\0', ' ');
    return stat === '' ? [] : [{ pid: Number(name), parent, command }];
  });
  const below = (parent: number): Process[] =>
    processes
      .filter((process) => process.parent === parent)
      .flatMap((process) => [process, ...below(process.pid)]);
  return below(pid);
}

/** Resident megabytes; 0 of a process that is gone. */
export function residentMiB(pid: number): number {
  const kib = /^VmRSS:\s*(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1];
  return Number(kib ?? 0) / 1024;
}

/** Open files, pipes and sockets; 0 of a process that is gone and where the system does not tell. */
export function openFiles(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}

/** Seconds of computing since a process began, those of ended children included. */
export function cpuSeconds(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // User and system time of the process and of its ended children, in hundredths of a second.
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
