import { UserError } from '../../errors.ts';
import { proxiedFetch } from '../../network/proxiedFetch.ts';
import { completeThere, type RemoteJob } from '../../remote/remote.ts';
import type { Server } from '../../remote/server.ts';

/** What a server wrote; `cancelled` where the user has stopped it. */
export interface RemoteText {
  readonly text: string;
  readonly finish: 'stop' | 'line' | 'length' | 'cancelled';
  readonly millis: { readonly first: number; readonly total: number };
}

/**
 * Complete at a server.
 * @param onText told of the text as it comes
 * @throws UserError with the server's failure. No model of this machine stands in: who names a server wants its answer.
 */
export async function completeRemote(
  server: Server,
  job: RemoteJob,
  signal: AbortSignal,
  onText: (text: string) => void,
): Promise<RemoteText> {
  let text = '';
  const end = await completeThere(server, job, {
    fetch: proxiedFetch('direct'),
    signal,
    onText: (piece) => {
      text += piece;
      onText(piece);
    },
  });
  switch (end.type) {
    case 'done':
      return end;
    case 'cancelled':
      return { text, finish: 'cancelled', millis: { first: 0, total: 0 } };
    case 'failed':
      throw new UserError(end.failure.reason, end.failure.message);
    default:
      throw new UserError(
        'file-excluded',
        `${job.path} holds secrets by its name, so nothing of it is sent.`,
      );
  }
}
