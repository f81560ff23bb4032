import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Of util-linux: sets what a process inherits, and becomes the program that it is told to start. */
const SETPRIV = '/usr/bin/setpriv';
const DIE_WITH_PARENT = ['--pdeathsig', 'KILL', '--'];

/** How Node is to be started, as `child_process.fork` takes it. */
export interface Start {
  readonly execPath?: string;
  readonly execArgv: string[];
}

let binds: boolean | undefined;

/**
 * Start Node so that the system ends it as soon as its parent ends, however that comes. A worker hears of that over its line, but
 * only when its loop turns, which one that hangs never does. On Linux the kernel can be told, at no cost, where the small program
 * for it is there; Windows ends children with their parent by itself; elsewhere only the line is left.
 */
export function boundToParent(flags: readonly string[]): Start {
  if (!canBind()) return { execArgv: [...flags] };
  return { execPath: SETPRIV, execArgv: [...DIE_WITH_PARENT, process.execPath, ...flags] };
}

/** Whether the kernel can be told. Tried once: a small system's program of that name knows less. */
export function canBind(): boolean {
  binds ??=
    process.platform === 'linux' &&
    existsSync(SETPRIV) &&
    spawnSync(SETPRIV, [...DIE_WITH_PARENT, SETPRIV, '--version'], { stdio: 'ignore', timeout: 2_000 })
      .status === 0;
  return binds;
}
