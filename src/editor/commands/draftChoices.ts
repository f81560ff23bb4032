import type { DraftInfo } from '../../worker/protocol.ts';
import type { DraftCounts } from '../usage/counts.ts';
import { say } from '../words.ts';
import { draftFacts } from './draftText.ts';

/** A line of a quick pick for an id. */
export interface Choice {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  readonly picked: boolean;
}

const KINDS = {
  copy: () => say('copies from your text'),
  ngram: () => say('knows usual phrases'),
  ensemble: () => say('joins several drafts'),
  neural: () => say('a small model'),
} as const;

/** The drafts to choose from. An empty pool means all; an id in it that does not exist is left out for good. */
export function draftChoices(
  drafts: readonly DraftInfo[],
  pool: readonly string[],
  today: Readonly<Record<string, DraftCounts>> = {},
): Choice[] {
  return drafts.map(({ id, kind, description, languages, ...facts }) => ({
    id,
    label: id,
    description: `${KINDS[kind]()} · ${draftFacts({ id, kind, description, languages, ...facts }, today)}`,
    detail: languages.length > 0 ? `${description}; for ${languages.join(', ')}` : description,
    picked: pool.length === 0 || pool.includes(id),
  }));
}

/** The setting for what was picked. All of them is the empty pool, so that drafts to come are in it too. */
export function poolOf(choices: readonly Choice[], picked: readonly string[]): string[] {
  return choices.every((choice) => picked.includes(choice.id)) ? [] : [...picked];
}

/** The policies to choose from. */
export function policyChoices(drafts: readonly DraftInfo[], policy: string): Choice[] {
  const choices: Omit<Choice, 'picked'>[] = [
    {
      id: 'trained',
      label: 'trained',
      description: 'recommended',
      detail: 'A small network, trained on recorded completions, weighs what every draft has to say.',
    },
    {
      id: 'trained+online',
      label: 'trained+online',
      description: '',
      detail: 'The same, and it goes on learning from what comes of its choices on this machine.',
    },
    {
      id: 'rule',
      label: 'rule',
      description: '',
      detail: 'Copies while a long match lasts, else the draft for the language.',
    },
    ...drafts.map((draft) => ({
      id: `fixed:${draft.id}`,
      label: `fixed: ${draft.id}`,
      description: '',
      detail: `Always this draft. ${draft.description}`.trim(),
    })),
    {
      id: 'none',
      label: 'none',
      description: '',
      detail: 'No draft: the model alone, slower, the same text.',
    },
  ];
  if (!choices.some((choice) => choice.id === policy)) {
    choices.push({ id: policy, label: policy, description: 'not in the pool', detail: '' });
  }
  return choices.map((choice) => ({
    ...choice,
    picked: choice.id === policy,
    description: [choice.description, choice.id === policy ? 'in use' : ''].filter(Boolean).join(', '),
  }));
}
