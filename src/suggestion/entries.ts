/**
 * What a line enters into a table, a list or a page, as a key that is there once; undefined where a line enters nothing.
 * @param line without white space around it
 */
export function enteredBy(line: string, language: string): string | undefined {
  const kind = Object.hasOwn(kinds, language) ? kinds[language] : undefined;
  return kind?.(line);
}

const setting = (sign: RegExp) => (line: string) => {
  if (/^\[[^[]/.test(line)) return line;
  const key = sign.exec(line)?.[1];
  return key === undefined ? undefined : `key ${key.trim()}`;
};
const property = (line: string) => (/^(--)?[\w-]+\s*:\s*[^{]+;$/.test(line) ? line : undefined);
const element = (line: string) => {
  const id = /^<\w[^>]*\sid=(["'][^"'{}]+["'])/.exec(line)?.[1];
  if (id !== undefined) return `id ${id}`;
  if (/^<title\b/.test(line)) return 'title';
  if (/^<(meta|link|script|base)\b[^>]*\w=/.test(line)) return line;
  return /^<(\w+)[^>]*>[^<>{}]{3,}<\/\1>$/.test(line) ? line : undefined;
};
const variant = (line: string) => (/^\|\s*(["'`][\w -]+["'`]|[A-Z]\w+)\s*;?$/.test(line) ? line : undefined);

const kinds: Readonly<Record<string, (line: string) => string | undefined>> = {
  css: property,
  scss: property,
  less: property,
  yaml: (line) =>
    /^-\s+.*\p{L}.*\p{L}.*\p{L}/u.test(line)
      ? line
      : setting(/^([\w.$/-]+|"[^"]+"|'[^']+')\s*:(?=\s|$)/)(line),
  toml: setting(/^([\w.-]+|"[^"]+")\s*=/),
  ini: setting(/^([\w.-]+)\s*[=:]/),
  properties: setting(/^([\w.-]+)\s*[=:]/),
  html: element,
  vue: element,
  xml: element,
  typescript: variant,
  typescriptreact: (line) => variant(line) ?? elementOfScript(line),
  javascriptreact: elementOfScript,
  javascript: elementOfScript,
  dockerfile: (line) =>
    /^(COPY|ADD|ENV|ARG|LABEL|EXPOSE|VOLUME|WORKDIR|USER|RUN)\s/i.test(line) ? line : undefined,
  sql: (line) => (/^(INSERT|CREATE|ALTER|DROP|GRANT)\b.*;$/i.test(line) ? line.toLowerCase() : undefined),
};

function elementOfScript(line: string): string | undefined {
  return /^<(\w+)[^>]*>[^<>{}]{3,}<\/\1>$/.test(line) ? line : undefined;
}
