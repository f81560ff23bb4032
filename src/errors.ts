/**
 * A failure that a user can understand and act on. The message is one sentence (or two) that says what is
 * wrong and what to do; `reason` is the stable name that code and tests look at.
 */
export class UserError extends Error {
  override readonly name = 'UserError';

  constructor(
    readonly reason: string,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** The text of anything that was thrown, without a stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The code of a failure of the system, `ENOENT` say; undefined for any other. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** What the system's codes mean, and what helps. */
const TROUBLES: Readonly<Record<string, readonly [cause: string, remedy: string]>> = {
  ENOENT: ['it is not there', 'Name one that exists.'],
  ENOTDIR: ['a part of its path is a file and no folder', 'Correct the path.'],
  EISDIR: ['it is a folder', 'Name a file.'],
  EACCES: ['permission is denied', 'Change its permissions, or name another.'],
  EPERM: ['the system does not permit it', 'Change its permissions, or name another.'],
  EROFS: ['the file system is read-only', 'Name a place that can be written to.'],
  ENOSPC: ['no space is left on the device', 'Make room, or name a place on another one.'],
  EDQUOT: ['your share of the disk is used up', 'Make room, or name a place on another one.'],
  EFBIG: ['it would be larger than files may be here', 'Name a place that takes larger files.'],
  EMFILE: ['too many files are open', 'Close other programs, or raise the limit of open files.'],
  ENFILE: ['too many files are open', 'Close other programs, or raise the limit of open files.'],
  ENAMETOOLONG: ['its name is too long', 'Name a shorter one.'],
  ELOOP: ['its links lead in a circle', 'Correct the links.'],
  EBUSY: ['another program uses it', 'Close that program, and try again.'],
  ETXTBSY: ['another program uses it', 'Close that program, and try again.'],
  EIO: ['the device reports an error', 'Check the disk.'],
  ENOMEM: ['there is not enough memory', 'Close other programs, or raise the limit of memory.'],
  ERR_FS_FILE_TOO_LARGE: ['it is too large', 'Name a smaller file.'],
  Z_BUF_ERROR: ['it ends too early', 'Make or copy it again.'],
  Z_DATA_ERROR: ['it is damaged or no compressed file', 'Make or copy it again.'],
};

/** Why something failed, in words that need no code: «permission is denied». For use inside a sentence. */
export function causeOf(error: unknown): string {
  const known = TROUBLES[codeOf(error) ?? ''];
  if (known) return known[0];
  return messageOf(error)
    .split('\n', 1)[0]!
    .replace(/[.\s]+$/, '');
}

/** The sentence for a file that could not be used: the cause, and what to do. @param action `read`, `written`. */
export function fileTrouble(error: unknown, file: string, action: string): string {
  if (action === 'written' && codeOf(error) === 'ENOENT') {
    return `${file} cannot be written: its folder is not there. Name another file.`;
  }
  const code = isOutOfMemory(error) ? 'ENOMEM' : codeOf(error);
  const [cause, remedy] = TROUBLES[code ?? ''] ?? [causeOf(error), 'Name another file.'];
  return `${file} cannot be ${action}: ${cause}. ${remedy}`;
}

/** Whether the machine, or a limit that was set, has no more memory to give. */
export function isOutOfMemory(error: unknown): boolean {
  const text = messageOf(error);
  return (
    codeOf(error) === 'ENOMEM' ||
    /bad_alloc|out of memory|allocation fail|failed to allocate|cannot allocate|not enough memory|invalid array buffer length/i.test(
      text,
    )
  );
}

/** Reason and sentence of anything that was thrown. Of what nobody foresaw it says so, and what helps to find it. */
export function failureOf(error: unknown): { readonly reason: string; readonly message: string } {
  if (error instanceof UserError) return { reason: error.reason, message: error.message };
  if (isOutOfMemory(error)) {
    const message =
      'There is not enough memory. Close other programs, raise the limit of memory, or take a smaller model.';
    return { reason: 'out-of-memory', message };
  }
  const file = error instanceof Error && 'path' in error ? error.path : undefined;
  if (codeOf(error) !== undefined && typeof file === 'string') {
    return {
      reason: 'file-unusable',
      message: fileTrouble(error, file, isWriting(error) ? 'written' : 'read'),
    };
  }
  return { reason: 'internal', message: `Something went wrong inside (${causeOf(error)}).` };
}

/** Whether a failure of the system came while something was written. */
function isWriting(error: unknown): boolean {
  const call = error instanceof Error && 'syscall' in error ? String(error.syscall) : '';
  return (
    ['ENOSPC', 'EDQUOT', 'EROFS', 'EFBIG'].includes(codeOf(error) ?? '') ||
    ['write', 'mkdir', 'rename', 'copyfile'].includes(call)
  );
}
