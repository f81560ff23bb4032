import type { Span } from './prefixes.ts';

const BEGIN = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----/g;
const END = /-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----/g;
/** Lines of such a key, real ones or those of a text in a program's quotes. */
const BODY =
  /^[\s"'`+,|#/*>\\nr-]*[A-Za-z\d+/=]{16,}[\s"'`+,;\\nr)]*$|^[\s"'`+,|#/*>\\nr]*(?:Proc-Type|DEK-Info|Version|Comment):.*$|^[\s"'`+,|#/*>\\nr]*[A-Za-z\d+/=]*[\s"'`+,;\\nr)]*$/;

/** Private keys in the text form of RFC 7468 and of OpenPGP, and those of which a window shows a part: what stands between the marks. */
export function privateKeys(text: string): Span[] {
  if (!text.includes('PRIVATE KEY') && !text.includes('PuTTY-User-Key-File')) return [];
  const spans: Span[] = [];
  let from = 0;
  for (const begin of text.matchAll(BEGIN)) {
    const start = begin.index + begin[0].length;
    if (start < from) continue;
    END.lastIndex = start;
    const end = END.exec(text);
    const next = end && !text.slice(start, end.index).includes('-----BEGIN') ? end.index : undefined;
    const stop = next ?? bodyEnd(text, start);
    if (text.slice(start, stop).replace(/\s/g, '').length >= 8) spans.push({ start, end: stop });
    from = stop;
  }
  // The beginning lies outside of the window.
  END.lastIndex = 0;
  const first = END.exec(text);
  if (first && !text.slice(0, first.index).includes('PRIVATE KEY')) {
    const start = bodyStart(text, first.index);
    if (start < first.index) spans.push({ start, end: first.index });
  }
  for (const { index, 0: head } of text.matchAll(/^Private-Lines: \d+\n/gm)) {
    const start = index + head.length;
    spans.push({ start, end: bodyEnd(text, start) });
  }
  return spans;
}

function bodyEnd(text: string, start: number): number {
  let end = start;
  for (let at = start; at < text.length; ) {
    const lineEnd = text.indexOf('\n', at) + 1 || text.length + 1;
    if (!BODY.test(text.slice(at, lineEnd - 1))) break;
    end = Math.min(lineEnd, text.length);
    at = lineEnd;
  }
  return end;
}

function bodyStart(text: string, end: number): number {
  let start = end;
  for (let at = end; at > 0; ) {
    const lineStart = text.lastIndexOf('\n', at - 2) + 1;
    if (!BODY.test(text.slice(lineStart, at).replace(/\n$/, ''))) break;
    start = lineStart;
    at = lineStart;
  }
  return start;
}
