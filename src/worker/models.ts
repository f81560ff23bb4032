import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { newOnlineState, type OnlineState, takeVerdict } from '../engine/policy/online.ts';
import type { Policy } from '../engine/policy/policy.ts';
import { messageOf } from '../errors.ts';
import { NeighbourFiles } from '../prompts/neighbourFiles.ts';
import { measureTarget } from '../runtime/measureCosts.ts';
import { type Assistant, type AssistantOptions, loadAssistant } from '../service/assistant.ts';
import { type CostCache, openCostCache } from '../service/costCache.ts';
import { CostDrift } from '../service/costDrift.ts';
import { LearntFile } from '../service/learntFile.ts';
import { policyOf } from '../service/policies.ts';
import { CompletionSession } from '../service/session.ts';
import type { CheckedSetupParams, FeedbackParams } from './protocol.ts';

/** Nobody has asked for this long before passes are measured again, and at most this often, in milliseconds. */
const MEASURE_WHEN_IDLE = 20_000;
const MEASURE_AGAIN_AFTER = 600_000;
/** Time that measuring again may take. A request that comes just then waits for it. */
const MEASURING_MILLIS = 300;
/** What was learnt is written this long after a job, so that many jobs make one write. */
const KEEP_AFTER = 10_000;
/** The smallest index in bytes: open files and accepted text always have room. */
const SMALLEST_INDEX = 4 * 1024 * 1024;

/** Models that can take a job. */
export interface Ready {
  readonly assistant: Assistant;
  readonly policy: Policy;
  readonly session: CompletionSession;
}

export interface ModelsOptions {
  readonly bundled: string;
  readonly params: CheckedSetupParams;
  readonly log: (line: string) => void;
  /** Told of every load, and of the open files that snippets may come from. */
  readonly onLoaded: (assistant: Assistant, neighbours: NeighbourFiles) => void;
  /** Told when the models have been freed, and when they are there again. */
  readonly onResting: (resting: boolean) => void;
  /** Whether a job runs or waits. */
  readonly busy: () => boolean;
  /** Run something while nobody waits for it. */
  readonly whenIdle: (work: () => Promise<void>) => void;
}

/** The models of a worker: freed when nobody asks for long, loaded again with the next job. */
export class Models {
  private readonly neighbours = new NeighbourFiles();
  private index: Assistant['index'] | undefined;
  private loading: Promise<Ready> | undefined;
  private restTimer: NodeJS.Timeout | undefined;
  private driftTimer: NodeJS.Timeout | undefined;
  private drift: CostDrift | undefined;
  private measured = performance.now();
  private costCache: CostCache | undefined;
  private learnt: LearntFile | undefined;
  /** What the policy has learnt in this workspace. */
  private online: OnlineState | undefined;
  private keepTimer: NodeJS.Timeout | undefined;
  /** Settings that could not be followed, by the newest load. */
  problems: readonly string[] = [];

  private constructor(private readonly options: ModelsOptions) {}

  /** Load for the first time. @throws UserError when the target cannot be used. */
  static async load(options: ModelsOptions): Promise<{ models: Models; ready: Ready }> {
    const models = new Models(options);
    const { storage, learnt } = options.params;
    if (learnt) models.learnt = new LearntFile(learnt, options.log);
    if (storage) models.costCache = await openCostCache(storage, options.log);
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
    clearTimeout(this.driftTimer);
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

  /** The models if they are loaded, without counting as a request. */
  get present(): Promise<Ready> | undefined {
    return this.loading;
  }

  /** A job has ended. */
  ended(): void {
    this.touch();
    this.keepTimer ??= setTimeout(() => void this.keep(), KEEP_AFTER);
    clearTimeout(this.driftTimer);
    if (!this.drift?.drifted || performance.now() - this.measured < MEASURE_AGAIN_AFTER) return;
    this.driftTimer = setTimeout(() => this.options.whenIdle(() => this.measureAgain()), MEASURE_WHEN_IDLE);
  }

  /** Learn from what the user thinks of a suggestion. A verdict that replaces another comes as its opposite. */
  verdict({ language, verdict }: FeedbackParams): void {
    if (!this.online) return;
    takeVerdict(this.online, language, verdict === 'good');
    this.keepTimer ??= setTimeout(() => void this.keep(), KEEP_AFTER);
  }

  /** Keep what was learnt. */
  private async keep(): Promise<void> {
    this.keepTimer = undefined;
    if (this.online && this.options.params.policy === 'trained+online') await this.learnt?.write(this.online);
  }

  private async reopen(): Promise<Ready> {
    const ready = await this.open(this.index);
    this.options.onResting(false);
    return ready;
  }

  private async open(index: Assistant['index'] | undefined): Promise<Ready> {
    const { params, bundled } = this.options;
    const options: AssistantOptions = {
      model: params.model,
      pool: params.pool,
      threads: params.threads,
      policyFile: params.policyFile,
      memory: params.workspaceMemory,
      bundled,
      costCache: this.costCache,
      index,
      indexBytes: Math.max(SMALLEST_INDEX, params.indexMemory * 1024 * 1024),
    };
    const assistant = await loadAssistant(options);
    this.index = assistant.index;
    const problems = [...assistant.problems];
    this.online ??= (await this.learnt?.read()) ?? newOnlineState();
    const policy = policyOrRule(params.policy, assistant, this.online, problems);
    this.problems = problems;
    this.watch(assistant);
    this.options.onLoaded(assistant, this.neighbours);
    return { assistant, policy, session: new CompletionSession(assistant, this.neighbours) };
  }

  /** Begin to wait anew for the time after which the models are freed. */
  private touch(): void {
    clearTimeout(this.restTimer);
    const minutes = this.options.params.idleUnload;
    if (minutes > 0) this.restTimer = setTimeout(() => void this.rest(), minutes * 60_000);
  }

  private async rest(): Promise<void> {
    const { loading } = this;
    if (!loading) return;
    if (this.options.busy()) return this.touch();
    // Who asks from now on loads anew.
    this.loading = undefined;
    clearTimeout(this.driftTimer);
    try {
      await (await loading).assistant.dispose();
      collectGarbage();
      this.options.log('The models were freed, because nobody asked for long.');
      if (!this.loading) this.options.onResting(true);
    } catch (error) {
      this.options.log(`The models could not be freed (${messageOf(error)}).`);
    }
  }

  private watch(assistant: Assistant): void {
    const drift = new CostDrift(assistant.costs.target);
    this.drift = drift;
    assistant.target.onPass = (rows, past, millis) => drift.record(rows, past, millis);
  }

  /** Passes take other times than the table says: measure them again. */
  private async measureAgain(): Promise<void> {
    const ready = await this.loading;
    if (!ready) return;
    const { params, log } = this.options;
    const { target } = ready.assistant;
    target.onPass = undefined;
    const times = await measureTarget(target, MEASURING_MILLIS);
    this.measured = performance.now();
    const assistant = { ...ready.assistant, costs: { ...ready.assistant.costs, target: times } };
    this.watch(assistant);
    const policy = policyOrRule(params.policy, assistant, this.online, []);
    this.loading = Promise.resolve({ ...ready, assistant, policy });
    await this.costCache?.renew(assistant.folder.graph, params.threads, times);
    log('Passes took other times than expected, so they were measured again.');
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
  assistant: Assistant,
  online: OnlineState | undefined,
  problems: string[],
): Policy {
  try {
    return policyOf(name, assistant, online);
  } catch (error) {
    problems.push(`${messageOf(error)} The rule chooses instead.`);
    return policyOf('rule', assistant);
  }
}
