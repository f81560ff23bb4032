import type { DraftSession } from '../drafts/draft.ts';

/** What is known of a request before its first round. */
export interface RequestContext {
  readonly language: string;
  /** Tokens of the prompt. */
  readonly promptLength: number;
}

/** The draft to ask in this round and how many tokens to ask for. */
export interface Choice {
  readonly draft: string;
  /** Tokens to draft (≥ 1). */
  readonly length: number;
}

/** What a round brought. */
export interface Outcome {
  readonly draft: string | undefined;
  readonly drafted: number;
  readonly accepted: number;
}

/** The choices of one request. */
export interface Selector {
  /** Choose for the next round; `undefined` means plain decoding. */
  choose(drafts: ReadonlyMap<string, DraftSession>): Choice | undefined;
  /** Told the outcome of every round. */
  observe(outcome: Outcome): void;
}

/** Chooses drafts. A policy can make decoding slower or faster; it cannot change the output. */
export interface Policy {
  readonly id: string;
  /** Whether it may ever choose a draft: those it never chooses are not prepared. Without it, all. */
  uses?(draft: string): boolean;
  begin(context: RequestContext): Selector;
}
