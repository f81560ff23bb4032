import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { OnlineState } from '../engine/policy/online.ts';
import type { Policy } from '../engine/policy/policy.ts';
import { messageOf } from '../errors.ts';
import { type CheckedFiles, openCheckedFiles } from '../inference/checkedFiles.ts';
import { type CostCache, openCostCache } from '../inference/costCache.ts';
import { loadPipeline, type Pipeline, type PipelineOptions, withPool } from '../inference/pipeline.ts';
import { policyOf } from '../inference/policies.ts';
import { CompletionSession } from '../inference/session.ts';
import { storeFolder } from '../models/places.ts';
import { NeighbourFiles } from '../prompts/neighbourFiles.ts';
import { loadOnnxRuntime } from '../runtime/onnx.ts';
import { Learning } from './learning.ts';
import { PassTimes } from './passTimes.ts';
import type { AdjustParams, CheckedSetupParams, LoadedPart } from './protocol.ts';

/** The smallest index in bytes: open files and accepted text always have room. */
const SMALLEST_INDEX = 4 * 1024 * 1024;

/** Models that can take a job. */
export interface Ready {
  readonly pipeline: Pipeline;
  readonly policy: Policy;
  readonly session: CompletionSession;
  /** Ids of the drafts that were wanted. */
  readonly pool: readonly string[];
}

export interface ModelsOptions {
  readonly bundled: string;
  readonly params: CheckedSetupParams;
  readonly log: (line: string) => void;
  /** Told before a part is loaded; resolves when that has been sent. */
  readonly onLoading: (part: LoadedPart) => Promise<void>;
  /** Told of every load, and of the open files that snippets may come from. */
  readonly onLoaded: (pipeline: Pipeline, neighbours: NeighbourFiles) => void;
  /** Told when the models have been freed, and when they are there again. */
  readonly onResting: (resting: boolean) => void;
  /** Whether a job runs or waits. */
  readonly busy: () => boolean;
  /** Run something while nobody waits for it. */
  readonly whenIdle: (work: (signal: AbortSignal) => Promise<void>) => void;
  /** Resolves when no job runs that was there before. */
  readonly quiet: () => Promise<void>;
}

/** The models of a worker: freed when nobody asks for long, loaded again with the next job. */
export class Models {
  private readonly neighbours = new NeighbourFiles();
  private index: Pipeline['index'] | undefined;
  private loading: Promise<Ready> | undefined;
  private adjusting: Promise<unknown> = Promise.resolve();
  private params: CheckedSetupParams;
  private restTimer: NodeJS.Timeout | undefined;
  private costCache: CostCache | undefined;
  private checked: CheckedFiles | undefined;
  private readonly passTimes: PassTimes;
  /** What the policy learns in this workspace. */
  readonly learning: Learning;
  /** Settings that could not be followed, by the newest load. */
  problems: readonly string[] = [];
  /** The policy that is used, which is not what was asked for where that does not exist. */
  policyName = '';

  private constructor(private readonly options: ModelsOptions) {
    this.params = options.params;
    const learns = () => this.params.policy === 'trained+online';
    this.learning = new Learning(options.params.learnt, learns, options.log);
    this.passTimes = new PassTimes({
      pipeline: () => this.loading?.then(({ pipeline }) => pipeline),
      replace: (before, measured) => this.measured(before, measured),
      kept: () => this.costCache,
      whenIdle: options.whenIdle,
      log: options.log,
    });
  }

  /** Load for the first time. @throws UserError when the target cannot be used. */
  static async load(options: ModelsOptions): Promise<{ models: Models; ready: Ready }> {
    const models = new Models(options);
    const { storage } = options.params;
    if (storage) models.checked = await openCheckedFiles(storage, options.log);
    await options.onLoading('library');
    await loadOnnxRuntime(models.checked);
    await options.onLoading('model');
    if (storage) models.costCache = await openCostCache(storage, options.log, models.checked);
    const ready = await models.open(undefined);
    models.loading = Promise.resolve(ready);
    models.touch();
    return { models, ready };
  }

  /**
   * The models, loaded again if they were freed.
   * @throws UserError when they cannot be loaded any more.
   */
  async use(): Promise<Ready> {
    this.passTimes.stop();
    this.loading ??= this.reopen();
    try {
      const ready = await this.loading;
      this.touch();
      return ready;
    } catch (error) {
      // The next job tries again.
      this.loading = undefined;
      throw error;
    }
  }

  /**
   * Use other drafts or another policy beside the target that is loaded; of two calls the later one stands.
   * @throws what loading the models may throw, where they rested.
   */
  adjust(params: AdjustParams): Promise<Ready> {
    const next = this.adjusting.then(() => this.adjusted(params));
    this.adjusting = next.catch(() => undefined);
    return next;
  }

  /** The models if they are loaded, without counting as a request. */
  get present(): Promise<Ready> | undefined {
    return this.loading;
  }

  /** A job has ended. */
  ended(): void {
    this.touch();
    this.learning.keepSoon();
    this.passTimes.jobEnded();
  }

  private async reopen(): Promise<Ready> {
    const ready = await this.open(this.index);
    this.options.onResting(false);
    return ready;
  }

  private async open(index: Pipeline['index'] | undefined): Promise<Ready> {
    const { params } = this;
    const { bundled } = this.options;
    const options: PipelineOptions = {
      model: params.model,
      pool: params.pool,
      threads: params.threads,
      provider: params.executionProvider,
      policyFile: params.policyFile,
      memory: params.workspaceMemory,
      store: storeFolder(),
      bundled,
      costCache: this.costCache,
      checked: this.checked,
      index,
      indexBytes: Math.max(SMALLEST_INDEX, params.indexMiB * 1024 * 1024),
    };
    const pipeline = await loadPipeline(options);
    this.index = pipeline.index;
    await this.learning.read();
    this.passTimes.watch(pipeline);
    this.options.onLoaded(pipeline, this.neighbours);
    const session = new CompletionSession(pipeline, this.neighbours);
    return { pipeline, policy: this.policyFor(pipeline), session, pool: params.pool };
  }

  /** The policy that is set, and what could not be followed of the settings. */
  private policyFor(pipeline: Pipeline): Policy {
    const problems = [...pipeline.loaded.problems];
    const told = problems.length;
    const policy = policyOrRule(this.params.policy, pipeline, this.learning.online, problems);
    this.policyName = problems.length > told ? 'rule' : this.params.policy;
    this.problems = problems;
    return policy;
  }

  private async adjusted({ pool, policy }: AdjustParams): Promise<Ready> {
    this.params = { ...this.params, pool, policy };
    for (;;) {
      const { loading } = this;
      // Models that rest are loaded with what is set by then.
      if (!loading) return this.use();
      const before = await loading;
      const samePool = JSON.stringify(pool) === JSON.stringify(before.pool);
      const pipeline = samePool ? before.pipeline : await withPool(before.pipeline, pool);
      if (this.loading === loading) {
        const session = before.session.with(pipeline);
        const ready = { pipeline, policy: this.policyFor(pipeline), session, pool };
        this.loading = Promise.resolve(ready);
        this.touch();
        // A job that runs decodes with the drafts that it began with.
        if (!samePool) void this.options.quiet().then(() => before.pipeline.disposeDrafts());
        return ready;
      }
      // They were freed or measured anew meanwhile.
      if (!samePool) await pipeline.disposeDrafts();
    }
  }

  /** Begin to wait anew for the time after which the models are freed. */
  private touch(): void {
    clearTimeout(this.restTimer);
    const minutes = this.params.idleUnload;
    if (minutes > 0) this.restTimer = setTimeout(() => void this.rest(), minutes * 60_000);
  }

  private async rest(): Promise<void> {
    const { loading } = this;
    if (!loading) return;
    if (this.options.busy()) return this.touch();
    // Who asks from now on loads anew.
    this.loading = undefined;
    this.passTimes.stop();
    try {
      await (await loading).pipeline.dispose();
      collectGarbage();
      this.options.log('The models were freed, because nobody asked for long.');
      if (!this.loading) this.options.onResting(true);
    } catch (error) {
      this.options.log(`The models could not be freed (${messageOf(error)}).`);
    }
  }

  /** Use times of passes that were measured anew; false where other models are there by now. */
  private async measured(before: Pipeline, pipeline: Pipeline): Promise<boolean> {
    const { loading } = this;
    const ready = await loading;
    if (ready?.pipeline !== before || this.loading !== loading) return false;
    const policy = policyOrRule(this.params.policy, pipeline, this.learning.online, []);
    this.loading = Promise.resolve({ ...ready, pipeline, policy });
    return true;
  }
}

/** Caches of keys and values lie in buffers of the scripts' engine, which frees none while nothing happens. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
}

/** A policy that does not exist must not stop completion: the rule stands in, and the user is told. */
function policyOrRule(
  name: string,
  pipeline: Pipeline,
  online: OnlineState | undefined,
  problems: string[],
): Policy {
  try {
    return policyOf(name, pipeline, online);
  } catch (error) {
    problems.push(`${messageOf(error)} The rule chooses instead.`);
    return policyOf('rule', pipeline);
  }
}
