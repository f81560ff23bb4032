import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type PassTimes, passMillis } from '../engine/policy/costs.ts';
import { messageOf, UserError } from '../errors.ts';
import { modelPlace } from '../models/places.ts';
import { CausalModel } from '../runtime/causalModel.ts';
import { type CheckedFiles, requireIntact } from '../runtime/integrity.ts';
import { measureTarget } from '../runtime/measureCosts.ts';
import { type ModelFolder, openModelFolder } from '../runtime/modelFolder.ts';
import { loadOnnxRuntime } from '../runtime/onnx.ts';
import { offeredProviders, type Provider, type ProviderWish } from '../runtime/providers.ts';
import { type SelfTest, testWidths } from '../runtime/selfTest.ts';
import type { CostCache } from './costCache.ts';
import { openOnProvider } from './provider.ts';

/** Folders of the bundled targets, by the names that settings and the command line use. */
export const BUNDLED_TARGETS = { base: 'base', tiny: 'target' } as const;
export type BundledTarget = keyof typeof BUNDLED_TARGETS;

/** Words that stand in place of a folder: `auto` takes `base` where this machine answers in time with it. */
export const MODEL_WORDS = ['auto', 'base', 'tiny'] as const;

/** Time that measuring the target may take, at every start and at the one whose result is kept. */
const MEASURING_MILLIS = { always: 200, once: 800 };

/**
 * A suggestion is in time while the work behind its first line takes no longer than this, in milliseconds: some lines of new
 * text read, and the rounds of a line drafted at the usual length.
 */
const IN_TIME = 500;
const LINES_READ = 64;
const ROUNDS = { count: 8, rows: 4 };

export interface OpenOptions {
  /** One of {@link MODEL_WORDS}, a folder, or the name of a model that was added. */
  readonly model: string;
  readonly bundled: string;
  readonly threads: number;
  /** What the target runs on; the processor without it. */
  readonly provider?: ProviderWish | undefined;
  readonly costCache?: CostCache | undefined;
  readonly checked?: CheckedFiles | undefined;
  /** Whether a model that was named and cannot be used is a failure; else the small bundled one stands in. */
  readonly strict?: boolean;
  /** Time that measuring the target may take where it is not remembered, in milliseconds; as short as a start without it. */
  readonly measuringMillis?: number | undefined;
  /** Whether others compute, so that what is measured now is not worth keeping; asked of the system without it. */
  readonly busy?: (() => boolean) | undefined;
}

/** A target that is loaded, tested and measured. */
export interface OpenTarget {
  readonly folder: ModelFolder;
  readonly target: CausalModel;
  readonly selfTest: SelfTest;
  readonly passes: PassTimes;
  /** Its name among the bundled ones. */
  readonly name: BundledTarget | undefined;
  /** What it runs on. */
  readonly provider: Provider;
  /** Why this one, a clause. */
  readonly because: string;
  /** What could not be done as it was asked for. */
  readonly problems: readonly string[];
}

/** Open what a setting or an option names. @throws UserError when it cannot be used, and nothing can stand in. */
export async function openTarget(asked: OpenOptions): Promise<OpenTarget> {
  // What is remembered are times of the processor.
  const options = (asked.provider ?? 'cpu') === 'cpu' ? asked : { ...asked, costCache: undefined };
  const { model } = options;
  if (model === 'tiny') return open('tiny', 'as asked for', options);
  if (model === 'base') return orTiny(() => open('base', 'as asked for', options), options, options.strict);
  if (model !== 'auto') {
    return load(modelPlace(model), undefined, 'as asked for', options);
  }
  const place = path.join(options.bundled, BUNDLED_TARGETS.base);
  if (!existsSync(place)) return open('tiny', 'the larger model is not installed', options);
  return orTiny(() => automatic(place, options), options, false);
}

/** `base` where it answers in time, else `tiny`. Times that are known spare loading it to no purpose. */
async function automatic(place: string, options: OpenOptions): Promise<OpenTarget> {
  await requireIntact(place, { checked: options.checked });
  const { graph } = await openModelFolder(place);
  const known = options.costCache?.known(graph, options.threads);
  if (known && !inTime(known)) return open('tiny', tooSlow(known), options);
  // What is measured while others compute decides for this start alone.
  const keeping = (options.busy ?? busy)() ? { ...options, costCache: undefined } : options;
  const base = await open('base', 'auto', keeping);
  if (inTime(base.passes))
    return { ...base, because: `it answers in ${answer(base.passes)} on this machine` };
  await base.target.dispose();
  return open('tiny', tooSlow(base.passes), options);
}

/** Whether more programs compute than there are cores for. */
function busy(): boolean {
  return (os.loadavg()[0] ?? 0) > os.cpus().length;
}

/** The small target in place of one that cannot be used; what was wrong is told. */
async function orTiny(
  wish: () => Promise<OpenTarget>,
  options: OpenOptions,
  strict: boolean | undefined,
): Promise<OpenTarget> {
  try {
    return await wish();
  } catch (error) {
    if (strict) throw error;
    const problem = `${messageOf(error)} The model tiny is used meanwhile.`;
    const tiny = await open('tiny', 'the larger model cannot be used', options);
    return { ...tiny, problems: [problem, ...tiny.problems] };
  }
}

function open(name: BundledTarget, because: string, options: OpenOptions): Promise<OpenTarget> {
  return load(path.resolve(options.bundled, BUNDLED_TARGETS[name]), name, because, options);
}

async function load(
  place: string,
  name: BundledTarget | undefined,
  because: string,
  options: OpenOptions,
): Promise<OpenTarget> {
  if (name !== undefined && !existsSync(place)) {
    throw new UserError('model-missing', `${place} is missing. Install the extension again.`);
  }
  await requireIntact(place, { checked: options.checked });
  const folder = await openModelFolder(place);
  const ort = await loadOnnxRuntime();
  const { opened, provider, problems } = await openOnProvider(
    options.provider ?? 'cpu',
    () => offeredProviders(ort),
    {
      open: (each) => tested(folder, each, options),
      millis: ({ passes }) => answerMillis(passes),
      drafts: ({ selfTest }) => selfTest.widthInvariant,
      dispose: ({ target }) => target.dispose(),
    },
  );
  return { folder, ...opened, name, provider, because, problems };
}

/** Load a folder's target on a provider, test and measure it. */
async function tested(
  folder: ModelFolder,
  provider: Provider,
  { threads, costCache, measuringMillis }: OpenOptions,
): Promise<Pick<OpenTarget, 'target' | 'selfTest' | 'passes'>> {
  const target = await CausalModel.load(folder, { threads, provider, rowMultiple: 2 });
  const selfTest = await widthTest(target);
  const most = measuringMillis ?? (costCache ? MEASURING_MILLIS.once : MEASURING_MILLIS.always);
  const measure = () => measureTarget(target, most);
  const passes = costCache ? await costCache.passTimes(folder.graph, threads, measure) : await measure();
  return { target, selfTest, passes };
}

/** Milliseconds of the work behind the first line of a suggestion. */
export function answerMillis(passes: PassTimes): number {
  const [near = 0] = passes.contexts.slice(1);
  return passMillis(passes, LINES_READ, near) + ROUNDS.count * passMillis(passes, ROUNDS.rows, near);
}

function inTime(passes: PassTimes): boolean {
  return answerMillis(passes) <= IN_TIME;
}

function answer(passes: PassTimes): string {
  return `about ${Math.round(answerMillis(passes) / 10) * 10} ms`;
}

function tooSlow(passes: PassTimes): string {
  return `the larger model would take ${answer(passes)} for a line on this machine`;
}

/**
 * Test the target's widths, padding passes to more rows where fewer do not make them agree. On every machine seen so
 * far two do; kernels that work on larger tiles may need more.
 */
async function widthTest(target: CausalModel): Promise<SelfTest> {
  let result = await testWidths(target);
  for (const rows of [4, 8, 16]) {
    if (result.widthInvariant) return result;
    target.rowMultiple = rows;
    result = await testWidths(target);
  }
  if (!result.widthInvariant) target.rowMultiple = 2;
  return result;
}
