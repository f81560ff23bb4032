/**
 * How families of models were taught to fill in the middle. A family is known by the marks in its vocabulary, never by the model's
 * name: whoever has the marks was trained with them.
 */

/** What is looked up in a vocabulary: the id of a control token by its name. */
interface Names {
  control(name: string): number | undefined;
}

/** Marks by their names in a vocabulary. */
interface Family {
  readonly order: 'prefix-suffix-middle' | 'suffix-prefix-middle';
  readonly prefix: string;
  readonly suffix: string;
  /** Undefined where what is generated follows the prefix without a mark. */
  readonly middle?: string;
}

const FAMILIES: readonly Family[] = [
  // Qwen2.5-Coder, CodeGemma, Granite 3.3 and 4.
  {
    order: 'prefix-suffix-middle',
    prefix: '<|fim_prefix|>',
    suffix: '<|fim_suffix|>',
    middle: '<|fim_middle|>',
  },
  // StarCoder 1 and 2, Granite Code, Refact, Stable Code.
  { order: 'prefix-suffix-middle', prefix: '<fim_prefix>', suffix: '<fim_suffix>', middle: '<fim_middle>' },
  // SantaCoder.
  { order: 'prefix-suffix-middle', prefix: '<fim-prefix>', suffix: '<fim-suffix>', middle: '<fim-middle>' },
  // DeepSeek-Coder: the mark of the hole stands where the suffix begins.
  {
    order: 'prefix-suffix-middle',
    prefix: '<｜fim▁begin｜>',
    suffix: '<｜fim▁hole｜>',
    middle: '<｜fim▁end｜>',
  },
  // Code Llama.
  { order: 'prefix-suffix-middle', prefix: '▁<PRE>', suffix: '▁<SUF>', middle: '▁<MID>' },
  // Codestral.
  { order: 'suffix-prefix-middle', prefix: '[PREFIX]', suffix: '[SUFFIX]' },
];

/** The marks of a vocabulary, as ids. */
export interface Marks {
  readonly order: Family['order'];
  readonly prefix: number;
  readonly suffix: number;
  readonly middle: number | undefined;
}

/** The marks that a vocabulary has; undefined where it has those of no family. */
export function marksOf(names: Names): Marks | undefined {
  for (const family of FAMILIES) {
    const prefix = names.control(family.prefix);
    const suffix = names.control(family.suffix);
    const middle = family.middle === undefined ? undefined : names.control(family.middle);
    if (prefix === undefined || suffix === undefined) continue;
    if (family.middle !== undefined && middle === undefined) continue;
    return { order: family.order, prefix, suffix, middle };
  }
  return undefined;
}

/** The marks that cards mean, for a sentence to who wrote one. */
export const USUAL_MARKS = [FAMILIES[0]!.prefix, FAMILIES[0]!.suffix, FAMILIES[0]!.middle!];

/** Header that models with such a token were shown their files under (StarCoder, SmolLM); undefined for others. */
export function headerOf(names: Names): string | undefined {
  return names.control('<filename>') === undefined ? undefined : '<filename>{path}\n';
}
