/**
 * How families of models were taught to fill in the middle. A family is known by the marks in its vocabulary: whoever has the marks
 * was trained with them. Where the vocabulary cannot be seen, at a server, the user names the family, or the model's name tells it.
 */

/** What is looked up in a vocabulary: the id of a control token by its name. */
interface Names {
  control(name: string): number | undefined;
}

/** Marks by their names in a vocabulary. */
interface Family {
  /** What settings call it. */
  readonly id: string;
  /** Names of models that have these marks. */
  readonly models: RegExp;
  readonly order: 'prefix-suffix-middle' | 'suffix-prefix-middle';
  readonly prefix: string;
  readonly suffix: string;
  /** Undefined where what is generated follows the prefix without a mark. */
  readonly middle?: string;
  /** The marks in a text that a server tokenizes, where they are written otherwise there than in the vocabulary. */
  readonly written?: { readonly prefix: string; readonly suffix: string; readonly middle: string };
}

const FAMILIES: readonly Family[] = [
  // Qwen2.5-Coder, CodeGemma, Granite 3.3 and 4.
  {
    id: 'qwen',
    models: /qwen.*coder|codegemma|granite-?(3\.3|4)/i,
    order: 'prefix-suffix-middle',
    prefix: '<|fim_prefix|>',
    suffix: '<|fim_suffix|>',
    middle: '<|fim_middle|>',
  },
  // StarCoder 1 and 2, Granite Code, Refact, Stable Code.
  {
    id: 'starcoder',
    models: /starcoder|granite.*code|refact|stable-?code/i,
    order: 'prefix-suffix-middle',
    prefix: '<fim_prefix>',
    suffix: '<fim_suffix>',
    middle: '<fim_middle>',
  },
  // SantaCoder.
  {
    id: 'santacoder',
    models: /santacoder/i,
    order: 'prefix-suffix-middle',
    prefix: '<fim-prefix>',
    suffix: '<fim-suffix>',
    middle: '<fim-middle>',
  },
  // DeepSeek-Coder: the mark of the hole stands where the suffix begins.
  {
    id: 'deepseek',
    models: /deepseek.*coder/i,
    order: 'prefix-suffix-middle',
    prefix: '<｜fim▁begin｜>',
    suffix: '<｜fim▁hole｜>',
    middle: '<｜fim▁end｜>',
  },
  // Code Llama.
  {
    id: 'codellama',
    models: /code-?llama/i,
    order: 'prefix-suffix-middle',
    prefix: '▁<PRE>',
    suffix: '▁<SUF>',
    middle: '▁<MID>',
    written: { prefix: '<PRE> ', suffix: ' <SUF>', middle: ' <MID>' },
  },
  // Codestral.
  {
    id: 'codestral',
    models: /codestral/i,
    order: 'suffix-prefix-middle',
    prefix: '[PREFIX]',
    suffix: '[SUFFIX]',
  },
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

/** What settings call the families. */
export const FAMILY_IDS: readonly string[] = FAMILIES.map(({ id }) => id);

/** The marks of a family as text, for a server that tokenizes it. */
export interface WrittenMarks {
  readonly order: Family['order'];
  readonly prefix: string;
  readonly suffix: string;
  /** Empty where what is generated follows the prefix without a mark. */
  readonly middle: string;
}

/** The marks of a family. @param how one of {@link FAMILY_IDS}, or the name of a model of it; undefined for any other name. */
export function writtenMarks(how: string): WrittenMarks | undefined {
  const family = FAMILIES.find(({ id }) => id === how) ?? FAMILIES.find(({ models }) => models.test(how));
  if (!family) return undefined;
  const { order, prefix, suffix, middle = '' } = { ...family, ...family.written };
  return { order, prefix, suffix, middle };
}

/** The marks that cards mean, for a sentence to who wrote one. */
export const USUAL_MARKS = [FAMILIES[0]!.prefix, FAMILIES[0]!.suffix, FAMILIES[0]!.middle!];

/** Header that models with such a token were shown their files under (StarCoder, SmolLM); undefined for others. */
export function headerOf(names: Names): string | undefined {
  return names.control('<filename>') === undefined ? undefined : '<filename>{path}\n';
}
