import { messageOf } from '../errors.ts';
import type { OfferedProviders, Provider, ProviderWish } from '../runtime/providers.ts';

/** Of another provider's time no more than this share of the processor's is worth what it takes elsewhere. */
const WORTHWHILE = 0.9;

/** How a target is opened, for trying it on one provider after the other. */
export interface ProviderTrial<T> {
  /** Load, test and measure it. @throws UserError, or whatever the provider throws. */
  readonly open: (provider: Provider) => Promise<T>;
  /** Milliseconds of an answer. */
  readonly millis: (opened: T) => number;
  /** Whether drafts can be used with it: without them it would have to be far quicker. */
  readonly drafts: (opened: T) => boolean;
  readonly dispose: (opened: T) => Promise<void>;
}

/** A target, what it runs on, and what could not be done as it was asked for. */
export interface OnProvider<T> {
  readonly opened: T;
  readonly provider: Provider;
  readonly problems: readonly string[];
}

/**
 * Open a target on what was asked for. One that cannot be used is told, and the processor stands in; `auto` tries what the
 * runtime brings along and takes the quickest. Where the processor is asked for nothing else is touched.
 * @throws UserError when not even the processor can run it.
 */
export async function openOnProvider<T>(
  wish: ProviderWish,
  offered: () => OfferedProviders,
  trial: ProviderTrial<T>,
): Promise<OnProvider<T>> {
  if (wish === 'cpu') return { opened: await trial.open('cpu'), provider: 'cpu', problems: [] };
  if (wish === 'auto') return quickest(offered(), trial);
  const { known } = offered();
  let reason = `this build of the runtime has ${known.join(', ')}`;
  if (known.includes(wish)) {
    try {
      return { opened: await trial.open(wish), provider: wish, problems: [] };
    } catch (error) {
      reason = messageOf(error).split('\n', 1)[0]!.replace(/\.$/, '');
    }
  }
  const problem = `«${wish}» cannot be used here (${reason}). The processor is used.`;
  return { opened: await trial.open('cpu'), provider: 'cpu', problems: [problem] };
}

async function quickest<T>(
  { bundled }: OfferedProviders,
  { open, millis, drafts, dispose }: ProviderTrial<T>,
): Promise<OnProvider<T>> {
  let best: OnProvider<T> = { opened: await open('cpu'), provider: 'cpu', problems: [] };
  for (const provider of bundled) {
    // Most machines lack the device or its driver: no reason to trouble anybody.
    const opened = await open(provider).catch(() => undefined);
    if (opened === undefined) continue;
    const better = drafts(opened) && millis(opened) < WORTHWHILE * millis(best.opened);
    await dispose(better ? best.opened : opened);
    if (better) best = { opened, provider, problems: [] };
  }
  return best;
}
