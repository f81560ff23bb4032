import type { ServerState } from '../../worker/protocol.ts';
import type { WorkerState } from '../../worker/worker.ts';
import { say } from '../words.ts';

/** What the status bar item can say. */
export type Status =
  | { readonly kind: 'off' }
  | { readonly kind: 'editor-off' }
  | { readonly kind: 'off-for-language'; readonly language: string }
  | { readonly kind: 'excluded' }
  | { readonly kind: 'snoozed'; readonly minutes: number }
  | { readonly kind: 'asleep' }
  | { readonly kind: 'loading' }
  | {
      readonly kind: 'ready';
      readonly model: string;
      readonly because: string;
      readonly drafts: number;
      readonly policy: string;
      readonly eagerness: string;
    }
  /** A server writes. */
  | { readonly kind: 'server'; readonly host: string; readonly model: string; readonly eagerness: string }
  /** The server is left alone for a while, and the model of this machine writes. */
  | { readonly kind: 'server-away'; readonly host: string; readonly message: string; readonly model: string }
  /** Answers take long; `millis` is the median of the last ones. */
  | { readonly kind: 'slow'; readonly millis: number; readonly model: string }
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
  readonly eagerness?: string;
  /** Minutes that suggestions still rest; 0 when they come. */
  readonly snoozed?: number;
  /** Median of the last answers in milliseconds; undefined where there are too few. */
  readonly answerMillis?: number | undefined;
}

/** An answer that takes longer than this comes too late to be of use while one types, in milliseconds. */
const SLOW = 700;

/** The one state that matters most to the user now. */
export function statusOf(input: StatusInput): Status {
  if (!input.enabled) return { kind: 'off' };
  if (!input.inlineSuggest) return { kind: 'editor-off' };
  if (input.language !== undefined && !input.languageOn) {
    return { kind: 'off-for-language', language: input.language };
  }
  if (input.excluded) return { kind: 'excluded' };
  if (input.snoozed) return { kind: 'snoozed', minutes: input.snoozed };
  const { worker } = input;
  switch (worker.kind) {
    case 'stopped':
      return { kind: 'asleep' };
    case 'ready': {
      if (input.busy) return { kind: 'working' };
      const server = worker.server ?? worker.setup.server;
      if (server) return statusOfServer(server, worker.setup.model, input);
      if (worker.resting) return { kind: 'resting' };
      if ((input.answerMillis ?? 0) > SLOW) {
        return { kind: 'slow', millis: Math.round(input.answerMillis ?? 0), model: worker.setup.model };
      }
      return {
        kind: 'ready',
        model: worker.setup.model,
        because: worker.setup.because,
        drafts: worker.setup.drafts.filter(({ loaded }) => loaded).length,
        policy: worker.setup.policy || input.policy,
        eagerness: input.eagerness ?? 'balanced',
      };
    }
    case 'restarting':
      return { kind: 'restarting', attempt: worker.attempt };
    case 'failed':
      return { kind: 'failed', message: worker.message };
    default:
      return { kind: 'loading' };
  }
}

function statusOfServer(
  { host, model, away }: ServerState,
  own: string,
  { eagerness = 'balanced' }: StatusInput,
): Status {
  if (away) return { kind: 'server-away', host, message: away.message, model: own };
  return { kind: 'server', host, model, eagerness };
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
      return calm('circle-slash', say('off. Click to turn it on.'));
    case 'editor-off':
      return calm(
        'circle-slash',
        say('the editor shows no inline suggestions (editor.inlineSuggest.enabled is off).'),
      );
    case 'off-for-language':
      return calm('circle-slash', say('off for the language «{0}» (slipstream.languages).', status.language));
    case 'excluded':
      return calm('eye-closed', say('this file is excluded and never read (slipstream.exclude).'));
    case 'snoozed':
      return calm('bell-slash', snoozedFor(status.minutes));
    case 'asleep':
      return calm('zap', say('starts with the first suggestion.'));
    case 'loading':
      return calm('loading~spin', say('loading the model…'));
    case 'ready':
      return calm('zap', readyText(status));
    case 'server':
      return calm('cloud', serverText(status));
    case 'server-away':
      return warned(calm('warning', awayText(status)));
    case 'slow':
      return warned(calm('watch', slowText(status)));
    case 'resting':
      return calm('zap', say('resting: the model is loaded again with the next suggestion.'));
    case 'working':
      return calm('sync~spin', say('writing a suggestion…'));
    case 'restarting':
      return warned(
        calm(
          'debug-restart',
          say('the worker ended by itself and starts again (attempt {0}).', status.attempt),
        ),
      );
    case 'failed':
      return {
        ...calm('error', say('{0} Click for what can be done.', status.message)),
        severity: 'error',
      };
  }
}

function snoozedFor(minutes: number): string {
  return minutes === 1
    ? say('snoozed for 1 more minute. Click to wake it.')
    : say('snoozed for {0} more minutes. Click to wake it.', minutes);
}

function warned(text: StatusText): StatusText {
  return { ...text, severity: 'warning' };
}

function slowText({ model, millis }: Extract<Status, { kind: 'slow' }>): string {
  return say(
    'slow: an answer of the model {0} takes {1} ms. A smaller model or fewer programs beside it help.',
    model,
    millis,
  );
}

function awayText({ message, model, host }: Extract<Status, { kind: 'server-away' }>): string {
  return say('{0} The model {1} of this computer is used; {2} is tried again later.', message, model, host);
}

function readyText({
  model,
  because,
  drafts,
  policy,
  eagerness,
}: Extract<Status, { kind: 'ready' }>): string {
  const facts = say('ready. Model {0} ({1}), {2}, policy {3}.', model, because, countOf(drafts), policy);
  return eagerness === 'manual' ? `${facts} ${say('Suggestions come only when you ask.')}` : facts;
}

function serverText({ host, model, eagerness }: Extract<Status, { kind: 'server' }>): string {
  const facts =
    model === ''
      ? say('ready. The text around the cursor is sent to {0}.', host)
      : say('ready. The text around the cursor is sent to {0}, model {1}.', host, model);
  return eagerness === 'manual' ? `${facts} ${say('Suggestions come only when you ask.')}` : facts;
}

function countOf(drafts: number): string {
  return drafts === 1 ? say('1 draft') : say('{0} drafts', drafts);
}
