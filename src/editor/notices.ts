/** What a notification offers to do. */
export type NoticeAction = 'log' | 'settings' | 'bundled-model';

/** Notifications, at most one for each cause: a fault that comes back with every keystroke is told once. */
export class Notices {
  private readonly told = new Set<string>();

  constructor(private readonly show: (message: string, action: NoticeAction) => void) {}

  /** Tell the user, unless the cause was told before. */
  tell(cause: string, message: string, action: NoticeAction = 'log'): void {
    if (this.told.has(cause)) return;
    this.told.add(cause);
    this.show(message, action);
  }

  /** After the user has done something about it, the same fault is news again. */
  forget(causePrefix: string): void {
    for (const cause of this.told) if (cause.startsWith(causePrefix)) this.told.delete(cause);
  }
}
