import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { codeOf, fileTrouble, UserError } from '../errors.ts';

/** A lock whose owner has not touched it for this long is left over from a process that ended, in milliseconds. */
const STALE = 60_000;
const TOUCH = 10_000;

/**
 * Do something while no other process, another window say, does the like: who comes second is refused at once.
 * @param folder where the lock lies. @param doing what is done, as who is refused is told.
 * @throws UserError `store-busy`, or `store-unwritable`.
 */
export async function exclusively<T>(
  folder: string,
  work: () => Promise<T>,
  doing = 'adding a model',
): Promise<T> {
  const file = path.join(folder, 'lock');
  const handle = await take(file, folder, doing);
  await handle.write(`${process.pid}`);
  const timer = setInterval(() => void handle.utimes(new Date(), new Date()).catch(() => undefined), TOUCH);
  timer.unref();
  try {
    return await work();
  } finally {
    clearInterval(timer);
    await handle.close();
    await rm(file, { force: true });
  }
}

async function take(file: string, folder: string, doing: string) {
  try {
    await mkdir(folder, { recursive: true });
    for (let attempt = 0; attempt < 3; attempt++) {
      try {
        return await open(file, 'wx');
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
        if (!(await isStale(file))) break;
        await rm(file, { force: true });
      }
    }
  } catch (error) {
    throw new UserError('store-unwritable', fileTrouble(error, file, 'written'), { cause: error });
  }
  throw new UserError(
    'store-busy',
    `Another window or program is ${doing} just now. Try again when it is done: what it has so far is kept.`,
  );
}

/** Whether the process that took a lock is gone. */
async function isStale(file: string): Promise<boolean> {
  const info = await stat(file).catch(() => undefined);
  if (!info) return true;
  if (Date.now() - info.mtimeMs > STALE) return true;
  const owner = Number(await readFile(file, 'utf8').catch(() => ''));
  return Number.isInteger(owner) && owner > 0 && !isRunning(owner);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
