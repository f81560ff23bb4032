import type { WorkerState } from '../../worker/worker.ts';
import type { Services } from '../services.ts';

/** Follow the worker's state: log it, and tell the user once when it cannot go on. */
export function watchWorker(
  { host, log, notices }: Pick<Services, 'host' | 'log' | 'notices'>,
  changed: () => void,
): { dispose(): void } {
  return host.worker.onDidChangeState((state) => {
    logState(state, log);
    if (state.kind === 'ready' && state.resting !== undefined) return changed();
    // After a success the same failure would be a new one.
    if (state.kind === 'ready') {
      notices.forget('worker:');
      for (const problem of state.setup.problems) notices.tell(`problem:${problem}`, problem);
    }
    if (state.kind === 'failed') {
      // Where the model is what fails, the bundled one is a way out.
      const action = state.reason.startsWith('model-') ? 'bundled-model' : 'log';
      notices.tell(`worker:${state.reason}:${state.message}`, state.message, action);
    }
    changed();
  });
}

function logState(state: WorkerState, log: Services['log']): void {
  switch (state.kind) {
    case 'ready': {
      if (state.resting !== undefined) {
        log.info(state.resting ? 'The worker rests: the model is freed.' : 'The model is loaded again.');
        return;
      }
      const { model, drafts, millis, notices, problems } = state.setup;
      const ids = drafts.flatMap(({ id, loaded }) => (loaded ? [id] : [])).join(', ');
      log.info(
        `The worker is ready after ${Math.round(millis)} ms: model ${model}, drafts ${ids || 'none'}.`,
      );
      for (const line of [...problems, ...notices]) log.warn(line);
      return;
    }
    case 'restarting':
      log.warn(
        `The worker ended by itself; it starts again in ${state.delay} ms (attempt ${state.attempt}).`,
      );
      return;
    case 'failed':
      log.error(`The worker has failed (${state.reason}): ${state.message}`);
      return;
    default:
      log.info(`The worker is ${state.kind}.`);
  }
}
