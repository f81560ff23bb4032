// This folder: starts the worker, sets it up by the settings and follows its state.

import type { SetupParams } from '../../worker/protocol.ts';
import type { CompletionWorker, WorkerState } from '../../worker/worker.ts';
import type { Settings } from '../settings/settings.ts';

/** Why the worker takes no jobs. */
export interface Trouble {
  readonly reason: string;
  readonly message: string;
}

/** Folders that outlive a session; empty where there is none. */
export interface Storage {
  /** The same for all workspaces. */
  readonly machine: string;
  readonly workspace: string;
}

/**
 * The part of the settings that the worker is set up with.
 * @param storage folders in which the worker may keep what it has measured and learnt; none without it
 * @param keyOf the key that is kept for a server; empty where there is none
 * @param network variables with which servers are reached; only where one is named, so that no other worker depends on them
 */
export function setupParamsOf(
  settings: Settings,
  storage: Partial<Storage> = {},
  keyOf: (url: string) => string = () => '',
  network: () => Record<string, string> = () => ({}),
): SetupParams {
  return {
    ...remoteOf(settings, keyOf, network),
    model: settings.model,
    pool: [...settings['drafts.pool']],
    policy: settings.policy,
    threads: settings.threads,
    executionProvider: settings.executionProvider,
    indexMiB: settings['index.memory'],
    idleUnload: settings.idleUnload,
    policyFile: settings.policyFile,
    workspaceMemory: settings.workspaceMemory,
    storage: storage.machine ?? '',
    learnt: storage.workspace ?? '',
  };
}

/** The server of the settings; nothing where none is named. */
function remoteOf(
  settings: Settings,
  keyOf: (url: string) => string,
  network: () => Record<string, string>,
): Pick<SetupParams, 'remote' | 'network'> {
  const url = settings['remote.url'].trim();
  if (url === '') return {};
  const { 'remote.model': model, 'remote.fim': fim } = settings;
  const { 'remote.context': context, 'remote.timeout': timeout } = settings;
  return { remote: { url, model, fim, context, timeout, key: keyOf(url) }, network: network() };
}

/** Starts the worker when it is first needed and sets it up anew when its settings change. */
export class WorkerHost {
  private started = false;

  constructor(
    readonly worker: CompletionWorker,
    private params: SetupParams,
  ) {}

  /** Start the worker if that was not done yet. */
  start(): void {
    if (this.started) return;
    this.started = true;
    void this.worker.setup(this.params);
  }

  /** Resolves when the worker takes jobs, or with the reason why it does not. */
  async ready(): Promise<Trouble | undefined> {
    this.start();
    const state = await settled(this.worker);
    if (state.kind === 'ready') return undefined;
    if (state.kind === 'failed') return { reason: state.reason, message: state.message };
    return { reason: 'worker-stopped', message: 'The worker has been stopped.' };
  }

  /** Take over new settings; true when the worker has to load anew. Drafts and policy change no text and need no load. */
  configure(params: SetupParams): boolean {
    const before = this.params;
    if (JSON.stringify(params) === JSON.stringify(before)) return false;
    this.params = params;
    const { pool, policy } = params;
    const anew = JSON.stringify(params) !== JSON.stringify({ ...before, pool, policy });
    if (this.started) void (anew ? this.worker.setup(params) : this.worker.adjust(params));
    return anew;
  }

  restart(): Promise<WorkerState> {
    if (!this.started) {
      this.started = true;
      return this.worker.setup(this.params);
    }
    return this.worker.restart();
  }
}

/** Wait until the worker is neither loading nor about to start again. */
function settled(worker: CompletionWorker): Promise<WorkerState> {
  const isSettled = (state: WorkerState) => state.kind !== 'loading' && state.kind !== 'restarting';
  if (isSettled(worker.state)) return Promise.resolve(worker.state);
  return new Promise((resolve) => {
    const subscription = worker.onDidChangeState((state) => {
      if (!isSettled(state)) return;
      subscription.dispose();
      resolve(state);
    });
  });
}
