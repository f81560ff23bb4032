import type { Filter } from './filter.ts';

/** A line with fewer word characters, a bracket say, may well stand three times in a row. */
const minWordCharacters = 3;
const maxLineRepeats = 3;
/** A table of numbers repeats «0, » often; a loop repeats more, and goes on to the end. */
const minRepeats = 4;
const minTokens = 24;

/** Cuts a text that runs in a loop after the first time round. */
export const repetition: Filter = (text) => {
  const cut = cutLoop(cutRepeatedLines(text));
  return cut.trim() === '' ? { drop: 'repetition' } : cut;
};

function cutRepeatedLines(text: string): string {
  const lines = text.split('\n');
  let run = 1;
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i] as string;
    run = line === lines[i - 1] && wordCharacters(line) >= minWordCharacters ? run + 1 : 1;
    if (run >= maxLineRepeats) return lines.slice(0, i - run + 2).join('\n');
  }
  return text;
}

/** Cuts where the end of the text is one period again and again. */
function cutLoop(text: string): string {
  const tokens = text.match(/\w+|\s+|([^\w\s])\1*/g) ?? [];
  if (tokens.length < minTokens) return text;
  const borders = bordersOf([...tokens].reverse());
  // The longest tail that is a repeated period; the border of a tail gives its shortest period.
  for (let length = tokens.length; length >= minTokens; length--) {
    const period = length - (borders[length - 1] as number);
    if (length / period < minRepeats) continue;
    const kept = tokens.slice(0, tokens.length - length + period);
    return kept.join('');
  }
  return text;
}

/** For each prefix, the length of its longest border: a proper prefix that is its suffix too. */
function bordersOf(items: readonly string[]): number[] {
  const borders = [0];
  for (let i = 1; i < items.length; i++) {
    let length = borders[i - 1] as number;
    while (length > 0 && items[i] !== items[length]) length = borders[length - 1] as number;
    borders.push(items[i] === items[length] ? length + 1 : 0);
  }
  return borders;
}

function wordCharacters(line: string): number {
  return line.match(/\w/g)?.length ?? 0;
}
