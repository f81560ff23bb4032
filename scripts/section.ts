/** Put a text between the marks of a name; a document without the marks gets them at its end. */
export function refreshSection(document: string, name: string, text: string): string {
  const { open, close, from, to } = marksOf(document, name);
  const block = `${open}\n\n${text}\n\n${close}`;
  if (from < 0 || to < from) return `${document.trimEnd()}\n\n${block}\n`;
  return document.slice(0, from) + block + document.slice(to + close.length);
}

/** What stands between the marks of a name; undefined without the marks. */
export function sectionOf(document: string, name: string): string | undefined {
  const { open, from, to } = marksOf(document, name);
  return from < 0 || to < from ? undefined : document.slice(from + open.length, to).trim();
}

function marksOf(document: string, name: string) {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  return { open, close, from: document.indexOf(open), to: document.indexOf(close) };
}
