import type { WorkerState } from '../../worker/worker.ts';
import type { Services } from '../services.ts';
import { say } from '../words.ts';

/** Follow the worker's state: log it, and tell the user once when it cannot go on. */
export function watchWorker(
  { host, log, notices }: Pick<Services, 'host' | 'log' | 'notices'>,
  changed: () => void,
): { dispose(): void } {
  let before: WorkerState = host.worker.state;
  return host.worker.onDidChangeState((state) => {
    const last = before;
    before = state;
    if (state.kind === 'ready' && last.kind === 'ready' && state.setup === last.setup) {
      if (state.resting !== last.resting) logRest(state, log);
      if (state.server !== last.server) tellServer(state.server, { log, notices });
      return changed();
    }
    logState(state, log);
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

type Ready = Extract<WorkerState, { kind: 'ready' }>;

function logRest({ resting }: Ready, log: Services['log']): void {
  log.info(resting ? 'The worker rests: the model is freed.' : 'The model is loaded again.');
}

/** What has become of the server: the status shows it, and once for a cause it is told. */
function tellServer(server: Ready['server'], { log, notices }: Pick<Services, 'log' | 'notices'>): void {
  if (!server) return;
  const { host, away } = server;
  if (!away) {
    notices.forget('server:');
    log.info(`${host} answers again.`);
    return;
  }
  log.warn(`The model of this machine is used meanwhile (${away.reason}): ${away.message}`);
  notices.tell(
    `server:${away.reason}`,
    say('{0} The model of this computer is used meanwhile.', away.message),
    'settings',
  );
}

function logState(state: WorkerState, log: Services['log']): void {
  switch (state.kind) {
    case 'ready': {
      const { model, drafts, millis, notices, problems } = state.setup;
      const ids = drafts.flatMap(({ id, loaded }) => (loaded ? [id] : [])).join(', ');
      if (state.setup.server) log.info(`Completions are asked of ${state.setup.server.host}.`);
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
