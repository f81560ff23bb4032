import type { Status } from '../views/status.ts';

/** A line of the menu behind the status bar item. */
export interface MenuEntry {
  readonly label: string;
  readonly description: string;
  readonly command: string;
}

export interface MenuFacts {
  readonly status: Status;
  readonly enabled: boolean;
  readonly language: string | undefined;
  readonly languageOn: boolean;
  readonly policy: string;
  readonly lastOutcome: string;
  /** Resident bytes of the worker. */
  readonly memory: number | undefined;
}

/** The menu: what one can do now, the likeliest first. */
export function statusMenu(facts: MenuFacts): MenuEntry[] {
  const entry = (label: string, command: string, description = ''): MenuEntry => ({
    label,
    description,
    command,
  });
  const entries: MenuEntry[] = [
    facts.enabled
      ? entry('$(circle-slash) Turn Suggestions Off', 'slipstream.toggle')
      : entry('$(zap) Turn Suggestions On', 'slipstream.toggle'),
  ];
  if (facts.enabled && facts.language !== undefined) {
    const verb = facts.languageOn ? 'Off' : 'On';
    entries.push(entry(`$(code) Turn ${verb} for «${facts.language}»`, 'slipstream.toggleLanguage'));
  }
  entries.push(
    entry('$(checklist) Choose Drafts…', 'slipstream.chooseDrafts'),
    entry('$(settings) Choose Policy…', 'slipstream.choosePolicy', facts.policy),
    entry('$(debug-restart) Restart Worker', 'slipstream.restartWorker', memoryText(facts.memory)),
    entry('$(output) Show Log', 'slipstream.showLog', `last: ${facts.lastOutcome}`),
    entry('$(gear) Open Settings', 'slipstream.openSettings'),
  );
  if (facts.status.kind !== 'failed') return entries;
  const first = ['slipstream.showLog', 'slipstream.restartWorker', 'slipstream.openSettings'];
  const rank = (item: MenuEntry) => (first.includes(item.command) ? 0 : 1);
  return entries.sort((a, b) => rank(a) - rank(b));
}

function memoryText(bytes: number | undefined): string {
  return bytes === undefined ? '' : `${Math.round(bytes / 1024 / 1024)} MB in use`;
}
