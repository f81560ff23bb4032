import type { Policy } from './policy.ts';

/** Plain decoding: no draft is ever asked. */
export const noDraft: Policy = {
  id: 'none',
  uses: () => false,
  begin: () => ({ choose: () => undefined, observe: () => undefined }),
};

/** Always the same draft and length. */
export function fixedDraft(draft: string, length: number): Policy {
  return {
    id: draft,
    uses: (id) => id === draft,
    begin: () => ({ choose: () => ({ draft, length }), observe: () => undefined }),
  };
}
