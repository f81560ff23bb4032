import { type Filter, keep } from './filter.ts';

/** A line with fewer word characters, a bracket say, may well stand three times in a row. */
const minWordCharacters = 3;
const maxLineRepeats = 3;
/** Lines that come again and again in turn. */
const longestTurn = 12;
/** A table of numbers repeats «0, » often; a loop repeats more, and goes on to the end. */
const minRepeats = 4;
const minTokens = 24;
/** The same sign in a row: longer rulers than a line is wide, numbers that count nothing, letters that say nothing. */
const mostSigns = { ruler: 100, digit: 24, other: 12 };
/** Lines without a word, as an empty comment's, that are the same one after the other. */
const mostBlankLines = 8;
/** The longest piece that is looked for again and again inside a word, and what it has to amount to. */
const longestPiece = 24;
const minPieces = 6;
const minLetters = 24;
/** How far back a loop may have begun before the cursor. */
const lookBack = 240;

/** Cuts a text that runs in a loop after the first time round, be it of signs, of words or of lines. */
export const repetition: Filter = (text, { completion }) => {
  const cut = cutLines(text);
  // A loop that began before the cursor is not gone on with.
  const before = completion.linePrefix.slice(-lookBack);
  const line = before + cut;
  const end = Math.min(endBeforeRun(line), endBeforePieces(line), endOfLoop(before, cut));
  return keep(cut, Math.max(0, end - before.length), 'repetition');
};

/** Where a loop of words has gone round once: at the cursor where that was before it. */
function endOfLoop(before: string, text: string): number {
  const own = before.length + endBeforeLoop(text);
  // What a table of numbers begins with goes on; words that are said again and again before the cursor do not.
  const whole = before + text;
  const end = endBeforeLoop(whole);
  const wordy = /\p{L}/u.test(whole.slice(end));
  return end <= before.length && wordy && text.trim() !== '' ? Math.min(own, end) : own;
}

/** One line again and again, or several in turn. */
function cutLines(text: string): string {
  const lines = text.split('\n');
  for (let period = 1; period <= longestTurn; period++) {
    let equal = 0;
    for (let i = period; i < lines.length; i++) {
      const same = lines[i] === lines[i - period];
      equal = same ? equal + 1 : 0;
      if (equal < period * (maxLineRepeats - 1)) continue;
      const first = i - equal + 1 - period;
      const turn = lines.slice(first, first + period);
      const said = wordCharacters(turn.join(''));
      const blank = said === 0 && period === 1 && lines[i] !== '' && equal >= mostBlankLines;
      if (said >= minWordCharacters || blank) return lines.slice(0, first + period).join('\n');
    }
  }
  return text;
}

/** Where a run of one sign begins, and the word or number that it is in. */
function endBeforeRun(line: string): number {
  const gap = /[^\S\n]{100,}/.exec(line)?.index ?? line.length;
  line = line.slice(0, gap);
  for (const run of line.matchAll(/(\S)\1{11,}/gu)) {
    const sign = run[1] as string;
    const count = [...run[0]].length;
    const most = /\d/.test(sign)
      ? mostSigns.digit
      : /[-=_*#~+/.\u2500-\u257f]/.test(sign)
        ? mostSigns.ruler
        : mostSigns.other;
    if (count > most)
      return run.index - (/[\p{L}\p{M}\p{N}]*$/u.exec(line.slice(0, run.index))?.[0].length ?? 0);
  }
  return line.length;
}

/** Behind the first of pieces that follow one another with nothing between, as in «hahaha» or in a script without spaces. */
function endBeforePieces(line: string): number {
  for (const [word] of line.matchAll(/[^\s]{24,}/gu)) {
    const signs = [...word];
    for (let period = 2; period <= longestPiece && period * minPieces <= signs.length; period++) {
      let equal = 0;
      for (let i = period; i < signs.length; i++) {
        equal = signs[i] === signs[i - period] ? equal + 1 : 0;
        if (equal + period < Math.max(minPieces * period, minLetters)) continue;
        const piece = signs.slice(i - equal - period + 1, i - equal + 1);
        if (piece.every((sign) => !/[\p{L}\p{N}]/u.test(sign)) && signs.length <= mostSigns.ruler) break;
        return line.indexOf(word) + signs.slice(0, i - equal + 1).join('').length;
      }
    }
  }
  return line.length;
}

/** Behind the first round of words that go round to the end; a last word may be cut off. */
function endBeforeLoop(text: string): number {
  const tokens = text.match(/[\p{L}\p{M}\p{N}_]+|\s+|([^\p{L}\p{M}\p{N}_\s])\1*/gu) ?? [];
  for (let left = 0; left < 3; left++) {
    const kept = loopOf(left === 0 ? tokens : tokens.slice(0, -left));
    if (kept !== undefined) return kept.join('').length;
  }
  return text.length;
}

function loopOf(tokens: readonly string[]): string[] | undefined {
  if (tokens.length < minTokens) return undefined;
  const borders = bordersOf([...tokens].reverse());
  // The longest tail that is a repeated period; the border of a tail gives its shortest period.
  for (let length = tokens.length; length >= minTokens; length--) {
    const period = length - (borders[length - 1] as number);
    if (length / period < minRepeats) continue;
    return tokens.slice(0, tokens.length - length + period);
  }
  return undefined;
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
  return line.match(/[\p{L}\p{N}_]/gu)?.length ?? 0;
}
