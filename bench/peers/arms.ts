import { UserError } from '../../src/errors.ts';
import type { BundledTarget } from '../../src/inference/openTarget.ts';

/** The child process that runs an arm: a file of this folder. */
export type Peer = 'slipstream' | 'transformersJs' | 'llamaCpp';

export interface LookupSettings {
  readonly kind: 'lookup';
  readonly options: {
    readonly patternLength?: { readonly min?: number };
    readonly predictionLength?: { readonly max?: number };
  };
}

export interface DraftSettings {
  readonly kind: 'draft';
  readonly options: {
    readonly minTokens?: number;
    readonly maxTokens?: number;
    readonly minConfidence?: number;
  };
}

export interface PeerArm {
  readonly name: string;
  readonly peer: Peer;
  /** Of llama.cpp: which predictor of node-llama-cpp, or Slipstream's decoder over its passes. */
  readonly predictor?: LookupSettings | DraftSettings | 'slipstream';
  /** The bundled target that the arm is run with unless it was asked for by name; any without it. */
  readonly target?: BundledTarget;
  readonly about: string;
}

/**
 * Everything that is compared. Both predictors are there as they come and as they were fastest: node-llama-cpp 3.22
 * accepts at most one predicted token a pass, whatever is predicted, so predicting one is best.
 */
export const PEER_ARMS: readonly PeerArm[] = [
  { name: 'none', peer: 'slipstream', about: 'plain decoding, two rows a pass' },
  { name: 'none-1row', peer: 'slipstream', about: 'plain decoding, one row a pass' },
  { name: 'policy', peer: 'slipstream', target: 'tiny', about: 'the standard policy' },
  {
    name: 'policy+memory',
    peer: 'slipstream',
    target: 'tiny',
    about: 'the same with the workspace memory, as the product completes: another text',
  },
  {
    name: 'rule',
    peer: 'slipstream',
    target: 'base',
    about: 'the rule over the whole pool, as the product completes',
  },
  { name: 'rule-copying', peer: 'slipstream', target: 'base', about: 'the rule over copying drafts alone' },
  { name: 'transformers.js', peer: 'transformersJs', about: 'generate()' },
  { name: 'llama.cpp', peer: 'llamaCpp', about: 'evaluate(), no predictor' },
  {
    name: 'llama.cpp-lookup',
    peer: 'llamaCpp',
    predictor: { kind: 'lookup', options: {} },
    about: 'InputLookupTokenPredictor as it comes',
  },
  {
    name: 'llama.cpp-lookup@1',
    peer: 'llamaCpp',
    predictor: { kind: 'lookup', options: { predictionLength: { max: 1 } } },
    about: 'InputLookupTokenPredictor, one token',
  },
  {
    name: 'llama.cpp-draft',
    peer: 'llamaCpp',
    predictor: { kind: 'draft', options: {} },
    about: 'DraftSequenceTokenPredictor as it comes',
  },
  {
    name: 'llama.cpp-draft@1',
    peer: 'llamaCpp',
    predictor: { kind: 'draft', options: { minTokens: 1, maxTokens: 1 } },
    about: 'DraftSequenceTokenPredictor, one token, waited for',
  },
  {
    name: 'llama.cpp-passes',
    peer: 'llamaCpp',
    predictor: 'slipstream',
    about: "Slipstream's plain decoder over llama.cpp's passes of one row",
  },
  {
    name: 'llama.cpp-passes-policy',
    peer: 'llamaCpp',
    predictor: 'slipstream',
    about: "Slipstream's copying drafts over llama.cpp's passes",
  },
];

/** How an arm of llama.cpp predicts; undefined for plain decoding. */
export function predictorOf(name: string): PeerArm['predictor'] {
  return PEER_ARMS.find((arm) => arm.name === name)?.predictor;
}

/** The arms that a target is run with. A folder is run as the larger bundled one is: no policy was trained for it. */
export function armsFor(model: string): PeerArm[] {
  const kind = model === 'tiny' ? 'tiny' : 'base';
  return PEER_ARMS.filter(({ target = kind }) => target === kind);
}

/** Arms by name, by commas. @throws UserError `unknown-arm`. */
export function parseArms(text: string): PeerArm[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return [...new Set(names)].map((name) => {
    const arm = PEER_ARMS.find((each) => each.name === name);
    if (arm) return arm;
    const known = PEER_ARMS.map((each) => each.name).join(', ');
    throw new UserError('unknown-arm', `There is no arm «${name}». Choose among: ${known}.`);
  });
}
