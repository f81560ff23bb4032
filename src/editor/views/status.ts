import type { WorkerState } from '../../worker/worker.ts';

/** What the status bar item can say. */
export type Status =
  | { readonly kind: 'off' }
  | { readonly kind: 'editor-off' }
  | { readonly kind: 'off-for-language'; readonly language: string }
  | { readonly kind: 'excluded' }
  | { readonly kind: 'asleep' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly model: string; readonly drafts: number; readonly policy: string }
  | { readonly kind: 'resting' }
  | { readonly kind: 'working' }
  | { readonly kind: 'restarting'; readonly attempt: number }
  | { readonly kind: 'failed'; readonly message: string };

export interface StatusInput {
  readonly enabled: boolean;
  /** The editor's own setting `editor.inlineSuggest.enabled`. */
  readonly inlineSuggest: boolean;
  /** Language of the active editor; undefined when there is none. */
  readonly language: string | undefined;
  readonly languageOn: boolean;
  readonly excluded: boolean;
  readonly worker: WorkerState;
  readonly busy: boolean;
  readonly policy: string;
}

/** The one state that matters most to the user now. */
export function statusOf(input: StatusInput): Status {
  if (!input.enabled) return { kind: 'off' };
  if (!input.inlineSuggest) return { kind: 'editor-off' };
  if (input.language !== undefined && !input.languageOn) {
    return { kind: 'off-for-language', language: input.language };
  }
  if (input.excluded) return { kind: 'excluded' };
  const { worker } = input;
  switch (worker.kind) {
    case 'stopped':
      return { kind: 'asleep' };
    case 'ready':
      if (input.busy) return { kind: 'working' };
      if (worker.resting) return { kind: 'resting' };
      return {
        kind: 'ready',
        model: worker.setup.model,
        drafts: worker.setup.drafts.filter(({ loaded }) => loaded).length,
        policy: input.policy,
      };
    case 'restarting':
      return { kind: 'restarting', attempt: worker.attempt };
    case 'failed':
      return { kind: 'failed', message: worker.message };
    default:
      return { kind: 'loading' };
  }
}

export interface StatusText {
  readonly text: string;
  readonly tooltip: string;
  readonly severity: 'none' | 'warning' | 'error';
}

/** The status in words. */
export function describeStatus(status: Status): StatusText {
  const calm = (icon: string, tooltip: string): StatusText => ({
    text: `$(${icon}) Slipstream`,
    tooltip: `Slipstream: ${tooltip}`,
    severity: 'none',
  });
  switch (status.kind) {
    case 'off':
      return calm('circle-slash', 'off. Click to turn it on.');
    case 'editor-off':
      return calm(
        'circle-slash',
        'the editor shows no inline suggestions (editor.inlineSuggest.enabled is off).',
      );
    case 'off-for-language':
      return calm('circle-slash', `off for the language «${status.language}» (slipstream.languages).`);
    case 'excluded':
      return calm('eye-closed', 'this file is excluded and never read (slipstream.exclude).');
    case 'asleep':
      return calm('zap', 'starts with the first suggestion.');
    case 'loading':
      return calm('loading~spin', 'loading the model…');
    case 'ready':
      return calm('zap', `ready. Model ${status.model}, ${countOf(status.drafts)}, policy ${status.policy}.`);
    case 'resting':
      return calm('zap', 'resting: the model is loaded again with the next suggestion.');
    case 'working':
      return calm('sync~spin', 'writing a suggestion…');
    case 'restarting':
      return {
        ...calm('debug-restart', `the worker ended by itself and starts again (attempt ${status.attempt}).`),
        severity: 'warning',
      };
    case 'failed':
      return { ...calm('error', `${status.message} Click for what can be done.`), severity: 'error' };
  }
}

function countOf(drafts: number): string {
  return drafts === 1 ? '1 draft' : `${drafts} drafts`;
}
