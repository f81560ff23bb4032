import type { SourceFile } from './languages.ts';

const MOST_LINES = 8;
const DEFINES = /^\s*(async\s+)?(def|class)\b.*:$/;

/**
 * Where documentation is written: in a docstring below a definition, in a comment above one, in a section of a
 * document. [cursor, end of what is removed] pairs, offsets into the file; at most eight lines are removed.
 */
export function docPlaces(file: SourceFile): [number, number][] {
  const { id, docs, family } = file.language;
  if (docs) return sections(file, id === 'restructuredtext');
  if (family === 'python') return pythonDocstrings(file);
  const blocks = commentBlocks(file, family === 'rust' ? /^\s*\/\/\/ / : /^\s*\/\/ /);
  return family === 'go' || family === 'rust' ? blocks : [...starredComments(file), ...blocks];
}

function pythonDocstrings({ lines }: SourceFile): [number, number][] {
  const places: [number, number][] = [];
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i]!;
    const opening = /^\s*[rbu]?"""(?=\w)/i.exec(line.text);
    if (!opening || !DEFINES.test(lines[i - 1]!.text)) continue;
    const onOneLine = line.text.indexOf('"""', opening[0].length);
    if (onOneLine >= 0) {
      places.push([line.start + opening[0].length, line.start + onOneLine]);
      continue;
    }
    let last = i;
    while (last + 1 < lines.length && last + 1 < i + MOST_LINES && !lines[last + 1]!.text.includes('"""'))
      last++;
    while (lines[last]!.text === '') last--;
    places.push([line.start + opening[0].length, lines[last]!.start + lines[last]!.text.length]);
  }
  return places;
}

function starredComments({ lines }: SourceFile): [number, number][] {
  const places: [number, number][] = [];
  for (let i = 0; i + 1 < lines.length; i++) {
    if (!/^\s*\/\*\*$/.test(lines[i]!.text)) continue;
    const begin = /^\s*\* (?=\w)/.exec(lines[i + 1]!.text);
    if (!begin) continue;
    let last = i + 1;
    while (last - i < MOST_LINES && /^\s*\*(?!\/)/.test(lines[last + 1]?.text ?? '')) last++;
    while (/^\s*\*$/.test(lines[last]!.text)) last--;
    places.push([lines[i + 1]!.start + begin[0].length, lines[last]!.start + lines[last]!.text.length]);
  }
  return places;
}

/** Comments of at least two lines that stand right above something indented like them. */
function commentBlocks({ lines }: SourceFile, mark: RegExp): [number, number][] {
  const places: [number, number][] = [];
  for (let i = 1; i < lines.length; i++) {
    const begin = mark.exec(lines[i]!.text);
    if (!begin || mark.test(lines[i - 1]!.text)) continue;
    let last = i;
    while (mark.test(lines[last + 1]?.text ?? '')) last++;
    const below = lines[last + 1];
    if (last === i || !below?.text || below.comment || below.indent !== lines[i]!.indent) continue;
    last = Math.min(last, i + MOST_LINES - 1);
    places.push([lines[i]!.start + begin[0].length, lines[last]!.start + lines[last]!.text.length]);
  }
  return places;
}

function sections({ lines }: SourceFile, underlined: boolean): [number, number][] {
  const isHeading = (i: number) =>
    underlined
      ? /^([-=~^"#*+])\1{2,}$/.test(lines[i]?.text ?? '') && /^\w/.test(lines[i - 1]?.text ?? '')
      : /^#{1,6} \w/.test(lines[i]?.text ?? '');
  const places: [number, number][] = [];
  for (let i = 0; i < lines.length; i++) {
    if (!isHeading(i)) continue;
    let first = i + 1;
    while (lines[first]?.text === '') first++;
    let last = first;
    const goesOn = (line: number) =>
      line < lines.length &&
      line - first < MOST_LINES &&
      !isHeading(line) &&
      !(underlined && isHeading(line + 1));
    while (goesOn(last + 1)) last++;
    while (last > first && lines[last]!.text === '') last--;
    if (first === i + 1 || !lines[first] || isHeading(first) || last === first) continue;
    places.push([lines[first]!.start, lines[last]!.start + lines[last]!.text.length]);
  }
  return places;
}
