import { whyNothing } from '../views/explain.ts';
import type { Status } from '../views/status.ts';
import { say } from '../words.ts';

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
  readonly model: string;
  /** Host of the server that completions are asked of. */
  readonly server?: string | undefined;
  readonly policy: string;
  readonly lastOutcome: string;
  /** What the last failure said. */
  readonly lastMessage?: string | undefined;
  /** Minutes that suggestions still rest; 0 when they come. */
  readonly snoozed: number;
  readonly inWorkspace: boolean;
  /** Resident bytes of the worker. */
  readonly residentBytes: number | undefined;
}

/** The menu: why nothing was shown just now, then what one can do, the likeliest first. */
export function statusMenu(facts: MenuFacts): MenuEntry[] {
  const entry = (label: string, command: string, description = ''): MenuEntry => ({
    label,
    description,
    command,
  });
  const why = whyNothing(facts.lastOutcome, facts.lastMessage);
  const entries = [
    ...(why === undefined ? [] : [entry(`$(info) ${why}`, 'slipstream.showLog')]),
    ...toggles(facts, entry),
    entry(`$(server-process) ${say('Choose Model…')}`, 'slipstream.chooseModel', facts.model),
    entry(`$(cloud-download) ${say('Add Model…')}`, 'slipstream.addModel'),
    entry(`$(wrench) ${say('Tune for This Model')}`, 'slipstream.tuneModel'),
    ...serverEntries(facts, entry),
    entry(`$(checklist) ${say('Choose Drafts…')}`, 'slipstream.chooseDrafts'),
    entry(`$(settings) ${say('Choose Policy…')}`, 'slipstream.choosePolicy', facts.policy),
    entry(`$(graph) ${say('Show Insights')}`, 'slipstream.showInsights'),
    entry(`$(dashboard) ${say('Benchmark This File')}`, 'slipstream.benchmarkFile'),
    entry(`$(note) ${say('Summarize Selection')}`, 'slipstream.summarizeSelection'),
    entry(`$(globe) ${say('Translate Selection')}`, 'slipstream.translateSelection'),
    entry(
      `$(debug-restart) ${say('Restart Worker')}`,
      'slipstream.restartWorker',
      residentText(facts.residentBytes),
    ),
    entry(`$(output) ${say('Show Log')}`, 'slipstream.showLog', facts.lastOutcome),
    entry(`$(gear) ${say('Open Settings')}`, 'slipstream.openSettings'),
  ];
  if (facts.status.kind !== 'failed') return entries;
  const first = ['slipstream.showLog', 'slipstream.restartWorker', 'slipstream.openSettings'];
  const rank = (item: MenuEntry) => (first.includes(item.command) ? 0 : 1);
  return entries.sort((a, b) => rank(a) - rank(b));
}

/** Where a server is named: what it is, and its key. */
function serverEntries(
  { server }: MenuFacts,
  entry: (label: string, command: string, description?: string) => MenuEntry,
): MenuEntry[] {
  if (server === undefined) return [];
  return [
    entry(`$(cloud) ${say('Completions Are Sent to {0}', server)}`, 'slipstream.openSettings'),
    entry(`$(key) ${say('Set Server Key…')}`, 'slipstream.setServerKey'),
  ];
}

function toggles(
  { enabled, snoozed, language, languageOn, inWorkspace }: MenuFacts,
  entry: (label: string, command: string) => MenuEntry,
): MenuEntry[] {
  if (!enabled) return [entry(`$(zap) ${say('Turn Suggestions On')}`, 'slipstream.toggle')];
  const left =
    snoozed === 1 ? say('End the Snooze (1 minute left)') : say('End the Snooze ({0} minutes left)', snoozed);
  const snooze = snoozed > 0 ? left : say('Snooze Suggestions…');
  return [
    entry(`$(bell-slash) ${snooze}`, 'slipstream.snooze'),
    entry(`$(circle-slash) ${say('Turn Suggestions Off')}`, 'slipstream.toggle'),
    ...(language === undefined
      ? []
      : [
          entry(
            `$(code) ${languageOn ? say('Turn Off for «{0}»', language) : say('Turn On for «{0}»', language)}`,
            'slipstream.toggleLanguage',
          ),
        ]),
    ...(inWorkspace
      ? [entry(`$(root-folder) ${say('Turn Off in This Workspace')}`, 'slipstream.toggleWorkspace')]
      : []),
  ];
}

function residentText(bytes: number | undefined): string {
  return bytes === undefined ? '' : say('{0} MB in use', Math.round(bytes / 1024 / 1024));
}
