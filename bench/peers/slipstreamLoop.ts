import { decode } from '../../src/engine/decoder.ts';
import { SuffixDraft } from '../../src/engine/drafts/copying/suffix.ts';
import { SuffixIndex } from '../../src/engine/drafts/copying/suffixIndex.ts';
import { noDraft } from '../../src/engine/policy/fixed.ts';
import { copyingRule } from '../../src/engine/policy/rule.ts';
import { greedy } from '../../src/engine/sampling.ts';
import type { Target } from '../../src/engine/target.ts';
import type { Outcome, Work } from './protocol.ts';

/** Tokens are all that counts here: no text is made of them. */
const noText = { size: Number.MAX_SAFE_INTEGER, bytes: () => new Uint8Array(0) };
const NAME_OF_DRAFTED = /-policy$/;

/** Slipstream's decoder over another runtime's passes, with its copying drafts for arms that are named so. */
export async function decodeWith(target: Target, work: Work): Promise<Outcome> {
  const index = new SuffixIndex();
  index.put('after the cursor', work.after);
  const drafts = [new SuffixDraft(index)];
  const policy = NAME_OF_DRAFTED.test(work.arm) ? copyingRule(drafts) : noDraft;
  target.truncate(0);
  const { millis, ids } = await decode(
    { target, vocabulary: noText, drafts, policy },
    {
      prompt: work.prompt,
      language: work.language,
      task: 'complete',
      skipBytes: 0,
      stop: { endTokens: new Set(), maxTokens: work.count, singleLine: false, stopStrings: [] },
    },
    greedy,
    new AbortController().signal,
    () => undefined,
  );
  target.truncate(0);
  return { ...millis, timed: ids.length, ids };
}
