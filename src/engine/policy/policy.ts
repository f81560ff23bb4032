// This folder: which draft guesses how far: the trained policy, its features and costs, simpler ones.

import type { DraftSession, Proposal, RequestText } from '../drafts/draft.ts';

/** What is known of a request before its first round. */
export interface RequestContext {
  /** The editor's language id. */
  readonly language: string;
  /** `complete`, `summarize`, `translate`. */
  readonly task: string;
  /** Tokens of the prompt. */
  readonly prompt: readonly number[];
  /** The text that it was made of, where it is a completion's. */
  readonly text?: RequestText | undefined;
}

/** The draft to ask in this round and how many tokens to ask for. */
export interface Choice {
  readonly draft: string;
  /** Tokens to draft (≥ 1). */
  readonly length: number;
  /** What the draft said already, when the policy has asked it to decide; it is not asked again. */
  readonly tokens?: readonly number[] | undefined;
}

/** Ask a draft that costs time, and decide by what it says. */
export interface Question {
  readonly ask: string;
  /** Tokens to ask it for (≥ 1). */
  readonly length: number;
  /** Told what it said, which may be nothing. */
  decide(said: Proposal): Decision;
}

/** What to do in a round; `undefined` means plain decoding. */
export type Decision = Choice | Question | undefined;

/** Whether it is not decided yet. */
export function isQuestion(decision: Decision): decision is Question {
  return decision !== undefined && 'ask' in decision;
}

/** What a round brought. */
export interface RoundOutcome {
  /** Whose guess it was; none where nothing was guessed. */
  readonly draft: string | undefined;
  readonly drafted: number;
  readonly accepted: number;
  /** Tokens that became text, accepted guesses and the target's own. */
  readonly committed: readonly number[];
  /** Time of the target's pass, in milliseconds. */
  readonly millis: number;
}

/** A draft as a policy weighed it in a round, at the length that it thinks best. */
export interface Considered {
  readonly draft: string;
  /** Tokens of matching text behind what it says; 0 for drafts that do not copy. */
  readonly match: number;
  /** Tokens that it would be asked for; 0 where that is not worth its time. */
  readonly length: number;
  /** Tokens that the round is expected to bring with it, the target's own included; undefined where it was not heard. */
  readonly gain: number | undefined;
  /** Milliseconds that the round, or hearing it, is expected to take. */
  readonly millis: number;
}

/** The choices of one request. */
export interface Selector {
  /** Choose for the next round. */
  choose(drafts: ReadonlyMap<string, DraftSession>): Decision;
  /** What was weighed for the round that is at hand, where a policy can tell: for showing, between a choice and its outcome. */
  considered?(): readonly Considered[];
  /** Told the outcome of every round. */
  observe(outcome: RoundOutcome): void;
}

/** Chooses drafts. A policy can make decoding slower or faster; it cannot change the output. */
export interface Policy {
  readonly id: string;
  /** Whether it may ever choose a draft: those it never chooses are not prepared. Without it, all. */
  uses?(draft: string): boolean;
  begin(context: RequestContext): Selector;
}
