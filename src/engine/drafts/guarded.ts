import type { Draft, DraftSession } from './draft.ts';

/**
 * A draft that cannot fail: one that throws says nothing more for the rest of the request. A broken draft may
 * cost speed, never a completion.
 *
 * @param onError told of each failure, once a request.
 */
export function guarded(draft: Draft, onError: (id: string, error: unknown) => void): Draft {
  return {
    id: draft.id,
    languages: draft.languages,
    open(context) {
      let session: DraftSession | undefined;
      const attempt = <T>(work: (session: DraftSession) => T, otherwise: T): T => {
        if (!session) return otherwise;
        try {
          return work(session);
        } catch (error) {
          return fail(error, otherwise);
        }
      };
      const fail = <T>(error: unknown, otherwise: T): T => {
        session = undefined;
        onError(draft.id, error);
        return otherwise;
      };
      try {
        session = draft.open(context);
      } catch (error) {
        fail(error, undefined);
      }
      return {
        commit: (tokens) => attempt((open) => open.commit(tokens), undefined),
        matchLength: () => attempt((open) => open.matchLength(), 0),
        behind: () => attempt((open) => open.behind(), 0),
        async prepare(signal) {
          try {
            await session?.prepare?.(signal);
          } catch (error) {
            fail(error, undefined);
          }
        },
        async propose(limit, signal) {
          try {
            return (await session?.propose(limit, signal)) ?? { tokens: [] };
          } catch (error) {
            return fail(error, { tokens: [] });
          }
        },
      };
    },
  };
}
