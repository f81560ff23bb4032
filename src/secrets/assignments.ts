import { HINT, type Kind, kindOf } from './names.ts';
import type { Span } from './prefixes.ts';
import { isPlaceholder, looksRandom, looksSecret } from './values.ts';

/** What may stand between a name and its value: signs of assignment in all languages, a type, a call, a tag's end. */
const BETWEEN = new RegExp(
  [
    '["\'`\\]]{0,2}(?:',
    // `name="API_KEY" value="..."`, `{"name": "API_KEY", "value": "..."}`, and the same over two lines of YAML.
    '["\']?[ \\t]*,?\\s{0,40}["\']?[vV]alue["\']?[ \\t]*[:=]',
    // A type between name and value.
    "|\\s?\\??\\s?:\\s?[A-Za-z_&'][\\w<>[\\]| &']{0,30}=(?![=>])",
    '|["\')\\]]{0,2}[ \\t]*(?:=>|->|:=|={1,3}|!={1,2}|:{1,2}-?|\\?\\?=?|\\|\\|=?|\\(|,|>))',
    '[ \\t]*(?:\\n[ \\t]*(?=["\']))?',
    // A call that makes something of it, a scheme of HTTP, a sign before the quote.
    '(?:(?:new )?[\\w:.]{0,40}\\((?=["\'`]))?(?:(?:Bearer|Basic|Token|Digest)\\s+)?(?:[rbufLR@$]{1,2}(?=["\'`])|\\[\\[)?',
  ].join(''),
  'y',
);
/** The rest of a value without quotes. */
const BARE = /[^\s"'`,;<>(){}[\]\\|]+/y;

/** The names that values are given, and the values that look like secrets. */
export function assignedSecrets(text: string): Span[] {
  const spans: Span[] = [];
  let done = 0;
  for (const { index } of text.matchAll(HINT)) {
    if (index < done) continue;
    const { start, end } = nameAt(text, index);
    done = end;
    const kind = kindOf(text.slice(start, end));
    const span = kind && valueAfter(text, start, end, kind);
    if (span) spans.push(span);
  }
  return spans;
}

/** The name around a place. */
function nameAt(text: string, place: number): Span {
  let start = place;
  while (start > 0 && place - start < 64 && /[\p{L}\p{M}\w$-]/u.test(text[start - 1]!)) start--;
  let end = place;
  while (end < text.length && end - place < 64 && /[\p{L}\p{M}\w$-]/u.test(text[end]!)) end++;
  // `token->value` and `--token`: a sign of the language, not of the name.
  if (text[end] === '>' && text[end - 1] === '-') end--;
  return { start, end };
}

function valueAfter(text: string, start: number, nameEnd: number, kind: Kind): Span | undefined {
  BETWEEN.lastIndex = nameEnd;
  const between = BETWEEN.exec(text);
  if (!between) return undefined;
  const at = nameEnd + between[0].length;
  const quote = text[at];
  if (quote === '"' || quote === "'" || quote === '`') return quoted(text, at, quote, kind);
  // A call or a list of arguments takes values in quotes.
  if (/[(,]\s*$/.test(between[0])) return undefined;
  return bareValue(text, start, at, between[0], kind);
}

function quoted(text: string, at: number, quote: string, kind: Kind): Span | undefined {
  let end = at + 1;
  while (end < text.length && text[end] !== quote && text[end] !== '\n' && end - at < 4100) {
    end += text[end] === '\\' ? 2 : 1;
  }
  const value = text.slice(at + 1, end);
  // Half a value: the text ends here.
  if (text[end] !== quote && end < text.length) return undefined;
  const word = /^(?:Bearer|Basic|Token|Digest)\s+/.exec(value)?.[0].length ?? 0;
  return looksSecret(value.slice(word), kind, false)
    ? { start: at + 1 + word, end: Math.min(end, text.length) }
    : undefined;
}

function bareValue(text: string, start: number, at: number, between: string, kind: Kind): Span | undefined {
  BARE.lastIndex = at;
  const value = BARE.exec(text)?.[0];
  if (value === undefined || !looksSecret(value, kind, true)) return undefined;
  const end = at + value.length;
  const span = { start: at, end };
  if (between.trim() === '>') return text[end] === '<' ? span : undefined;
  // An index, a call or a member: code, and no value.
  if (/[([]/.test(text[end] ?? '')) return undefined;
  const isName = /^[A-Za-z_$][\w$]*$/.test(value);
  if (!isName || looksRandom(value, 16)) return span;
  // A value that could be a name is one where names are given values; settings are written otherwise.
  return looksLikeSetting(text, start, end, between) ? span : undefined;
}

/** Whether a line is that of a settings file: `NAME=value` or `name: value`, and nothing else. */
function looksLikeSetting(text: string, start: number, end: number, between: string): boolean {
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  const lineEnd = text.indexOf('\n', end);
  const after = text.slice(end, lineEnd < 0 ? text.length : lineEnd);
  if (/value/i.test(between)) return true;
  if (!/^\s*(?:#.*)?$/.test(after) && !(between.trim() === '=' && /^[;&\s]/.test(after))) return false;
  if (between === '=') return true;
  return /^\s*(?:-\s+)?(?:export\s+)?(?:[\w.-]+\.)?$/.test(before) && /^\s?[:=]\s+$/.test(between);
}

/** Forms that need no name of ours: passwords in addresses, headers, flags and settings of containers. */
const UNNAMED: readonly { readonly needs: string; readonly pattern: RegExp; readonly kind: Kind }[] = [
  { needs: 'B', pattern: /\b(?:Bearer|Basic)[ \t]+([\w+/=.~-]{16,})/dg, kind: 'key' },
  {
    needs: ' -',
    pattern: /(?<![\w-])--?[\w-]*(?:token|key|secret)[ \t]+["']?([\w+/=.~:-]{12,})/dgi,
    kind: 'key',
  },
  {
    needs: ' -',
    pattern: /(?<![\w-])--?(?:password|passwd|pass|pwd)[ \t]+["']?([^\s"'`]{6,})/dgi,
    kind: 'password',
  },
  {
    needs: '',
    pattern:
      /^[ \t]*(?:ENV|ARG|export|setx?|declare|SET)[ \t]+[\w-]*(?:KEY|TOKEN|SECRET)[ \t]+["']?([^\s"']{12,})/dgim,
    kind: 'key',
  },
  {
    needs: '',
    pattern:
      /^[ \t]*(?:ENV|ARG|export|setx?|SET)[ \t]+[\w-]*(?:PASSWORD|PASSWD|PASS|PWD)[ \t]+["']?([^\s"']{6,})/dgim,
    kind: 'password',
  },
  {
    needs: 'password ',
    pattern: /\b(?:login|user|account)[ \t]+\S+\s+password[ \t]+(\S{4,})/dgi,
    kind: 'password',
  },
  {
    needs: 'curl',
    pattern: /\bcurl\b[^\n]{0,200}?\s-u[ \t]*["']?[\w.@-]+:([^\s"'`@]{6,})/dg,
    kind: 'password',
  },
];
/** Passwords in addresses: `postgres://user:password@host`, and as some databases write it, `user:password@tcp(host)`. */
const ADDRESS = /:\/\/([^\s:/@"'`<>]{0,80}):([^\s@"'`<>/]{3,200})@(?=[\w.${[%-])/dg;
const SOURCE = /(?<![\w:/.-])([\w.-]{1,40}):([^\s:@"'`()/]{3,100})@(?:tcp|unix|udp)\(/dg;

/** Secrets that stand in such forms. */
export function formedSecrets(text: string): Span[] {
  return [...formsIn(text), ...passwordsIn(text)];
}

function formsIn(text: string): Span[] {
  const spans: Span[] = [];
  for (const { needs, pattern, kind } of UNNAMED) {
    if (!text.includes(needs)) continue;
    for (const { indices } of text.matchAll(pattern)) {
      const [start, end] = indices?.[1] ?? [0, 0];
      if (looksSecret(text.slice(start, end), kind, true)) spans.push({ start, end });
    }
  }
  return spans;
}

function passwordsIn(text: string): Span[] {
  const spans: Span[] = [];
  for (const pattern of [ADDRESS, SOURCE]) {
    if (!text.includes(pattern === ADDRESS ? '://' : '(') || !text.includes('@')) continue;
    for (const { indices, 1: user = '', 2: password = '' } of text.matchAll(pattern)) {
      const [start, end] = indices?.[2] ?? [0, 0];
      if (!isPlaceholder(password) && !isNoPassword(password, user)) spans.push({ start, end });
    }
  }
  return spans;
}

/** What stands in addresses in place of a password: the user's name again, a port, the name of what is to be put there. */
function isNoPassword(password: string, user: string): boolean {
  return (
    password.toLowerCase() === user.toLowerCase() ||
    /^(?:\d+|port|host|pass\w*|pwd|secret|token|user\w*|[A-Z_]+)$/.test(password)
  );
}
