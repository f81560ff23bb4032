import { messageOf } from '../errors.ts';
import { proxiedFetch } from '../network/proxiedFetch.ts';
import { RemoteEngine } from '../remote/engine.ts';
import type { RemoteEnd } from '../remote/remote.ts';
import { serverOf } from '../remote/server.ts';
import type { CompleteParams, JobResult, RemoteParams, ServerState } from './protocol.ts';

/** Completions that a server writes in the model's place, as long as it does. */
export class RemoteJobs {
  private readonly engine: RemoteEngine;

  /** @throws UserError where the server is named in a way that cannot be used. */
  constructor(
    private readonly params: RemoteParams,
    changed: (state: ServerState) => void,
  ) {
    this.engine = new RemoteEngine(serverOf(params), proxiedFetch('direct'), () => changed(this.state));
  }

  /** The server that settings name; a sentence for a problem where it cannot be used. */
  static open(
    params: RemoteParams | undefined,
    changed: (state: ServerState) => void,
    problems: string[],
  ): RemoteJobs | undefined {
    if (!params) return undefined;
    try {
      return new RemoteJobs(params, changed);
    } catch (error) {
      problems.push(`${messageOf(error)} The model of this machine is used.`);
      return undefined;
    }
  }

  get state(): ServerState {
    const { state, host } = this.engine;
    const away = state.kind === 'away' ? { reason: state.reason, message: state.message } : undefined;
    return { host, model: this.params.model, ...(away ? { away } : {}) };
  }

  /** Run a job at the server; undefined where the model of this machine is to do it, from its beginning. */
  async run(
    job: CompleteParams,
    signal: AbortSignal,
    onText: (text: string) => void,
  ): Promise<JobResult | 'cancelled' | undefined> {
    const { path, prefix, suffix, singleLine, maxTokens } = job;
    const asked = { path, prefix, suffix, singleLine, maxTokens };
    const end = await this.engine.complete(asked, { signal, onText });
    return end && this.resultOf(end);
  }

  private resultOf(end: RemoteEnd): JobResult | 'cancelled' | undefined {
    switch (end.type) {
      case 'done': {
        const { text, finish, pieces, millis } = end;
        return {
          ...{ type: 'done', text, finish, tokens: pieces, server: this.engine.host },
          ...{ rounds: 0, prefilled: 0, drafted: 0, accepted: 0, drafts: {} },
          millis: { prefill: millis.first, decode: millis.total - millis.first },
        };
      }
      case 'failed':
        return { type: 'failed', reason: end.failure.reason, message: end.failure.message };
      case 'cancelled':
        return 'cancelled';
      default:
        return undefined;
    }
  }
}
