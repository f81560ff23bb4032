import { type DraftContext, type InstantDraft, type InstantSession, isInstant } from '../draft.ts';

/** The sessions of an ensemble's members in one request. */
export interface Members {
  /** By draft, in the order of the drafts. */
  readonly sessions: ReadonlyMap<string, InstantSession>;
  /** Tell those that only the ensemble keeps up to date what was committed. */
  commit(tokens: readonly number[]): void;
}

/** Take over the members' sessions that were opened for the request before, and open the others. */
export function openMembers(drafts: readonly InstantDraft[], context: DraftContext): Members {
  const sessions = new Map<string, InstantSession>();
  const own: InstantSession[] = [];
  for (const draft of drafts) {
    const opened = context.sessions?.get(draft.id);
    const session = opened && isInstant(opened) ? opened : draft.open(context);
    sessions.set(draft.id, session);
    if (session !== opened) own.push(session);
  }
  return {
    sessions,
    commit: (tokens) => {
      for (const session of own) session.commit(tokens);
    },
  };
}
