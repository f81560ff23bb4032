import type { Kind } from './names.ts';

/** What is to be filled in when the program runs. */
const TEMPLATE =
  /^(?:[-*x.•_#0?]+|<.*>|\[.*\]|\{.*\}|%.*%|\$[A-Za-z_({].*|#\{.*|@\w+@|__\w+__|null|nil|none|undefined|true|false|todo|tbd|n\/a|empty|string)$|\$\{|\{\{|<[a-z _-]+>|%[sdv]|%\(|process\.env|os\.environ|getenv/i;
/** Words by which people say that a value is none. */
const EXAMPLE =
  /change[-_ ]?me|your[-_ ]|[-_ ]here$|example|placeholder|dummy|redacted|x{5,}|\*{3,}|\.{3}|…/i;
/** What people write where it does not matter. */
const CARELESS =
  /^(?:my|the|some|a|test|fake|mock|foo|bar|baz|user|admin|root|default|sample|demo|guest|temp|old|new|wrong|bad|good|invalid|valid|correct|incorrect|super|top|plain|raw|hashed|encrypted|random|long|short|strong|weak)?[-_ ]*(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|key|credentials?|auth|api[-_ ]?key|foo|bar|baz|abc|qwerty|test|admin|root|user|guest|value)[-_ ]*\d{0,3}[!]?$|^(?:abc|123|1234|12345|123456|1234567|12345678|123456789|1234567890|abc123|abcdef|qwerty\w*|asdf\w*|letmein|password\d*|test\d*|foo\w{0,6}|bar\w{0,6})$/i;

/** Whether a value is no secret whatever its name says. */
export function isPlaceholder(value: string): boolean {
  if (TEMPLATE.test(value) || CARELESS.test(value) || new Set(value).size <= 3) return true;
  return EXAMPLE.test(value) && !looksRandom(value, 24);
}

/**
 * Whether a value looks like a secret under a name of a kind.
 * @param bare it stands without quotes.
 */
export function looksSecret(value: string, kind: Kind, bare: boolean): boolean {
  if (value.length < 6 || value.length > 4096 || isPlaceholder(value)) return false;
  if (kind === 'password') return looksRandom(value, 10) || looksChosen(value, bare);
  return looksRandom(value, kind === 'key' ? 12 : 20);
}

/** Whether characters follow each other as a machine throws them: kinds of characters mixed, and no words. */
export function looksRandom(value: string, least: number): boolean {
  if (/\s/.test(value) || !/^[\w+/=.~:!@#$%^&*?-]+$/.test(value)) return false;
  const body = value.replace(/[^A-Za-z\d]/g, '');
  if (body.length < least || isStructured(value) || wordShare(value) >= 0.75) return false;
  const digits = body.replace(/\D/g, '').length;
  if (/^[\da-f]+$/i.test(body)) return digits >= 2 && body.length - digits >= 2 && entropyOf(body) >= 2.4;
  if (entropyOf(body) < 3) return false;
  const change = changes(body);
  if (digits >= 2 && change >= (body.length < 16 ? 0.34 : 0.24)) return true;
  if (body.length < 16) return false;
  if (change >= (digits > 0 ? 0.3 : 0.36)) return true;
  return body.length >= 20 && usualPairs(body) < 0.33;
}

/** The pairs of letters that most words have, in code and in prose; four of five pairs of either are among them. */
const USUAL = new Set(
  'ab ac ad ag ai al am an ap ar as at au ay ba be bi bl ca ce ch ci ck cl co ct cu da de di do ea ec ed ee ef el em en ep er es et ev ex fa fi fo ge ha he hi ho ia ic id ie if ig il im in io ir is it iv ke la le li ll lo ls lt lu ly ma me mi mo mp na nc nd ne ng ni no ns nt nu oc od ol om on op or os ot ou ow pa pe pl po pp pr pt qu ra rd re ri rm rn ro rr rs rt sa se si so sp ss st su ta te th ti to tr ts tt tu ty ue ul um un ur us ut va ve vi wi'.split(
    ' ',
  ),
);

/** The share of neighbouring letters that are usual; 1 where there are too few to tell. */
function usualPairs(text: string): number {
  const lower = text.toLowerCase();
  let pairs = 0;
  let usual = 0;
  for (let i = 1; i < lower.length; i++) {
    const pair = lower.slice(i - 1, i + 1);
    if (!/[a-z]{2}/.test(pair)) continue;
    pairs++;
    if (USUAL.has(pair)) usual++;
  }
  return pairs < 8 ? 1 : usual / pairs;
}

/** Whether people would choose it as a password: letters with digits or signs among them, or several words. */
function looksChosen(value: string, bare: boolean): boolean {
  if (isPhrase(value)) return !bare;
  if (/\s/.test(value) || isStructured(value)) return false;
  if (!/[A-Za-z]/.test(value) || value.length > 64) return false;
  if (/^[a-z]+(?:[-_.:/][a-z]+)*$/i.test(value)) return false;
  // Calls, members and types are no values.
  if (bare && (/[()[\]{}<>;,]/.test(value) || /^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+$/.test(value)))
    return false;
  if (bare && /^(?:u?int|float|uint|str|utf|base|sha|md|big|bytes?)[\d_]+\w*$/i.test(value)) return false;
  const signs = /[!@#$%^&*+=?~]/.test(value);
  return (
    /\d/.test(value) ||
    (signs && /^[\w!@#$%^&*+=?~.-]+$/.test(value) && /[A-Z]/.test(value) && /[a-z]/.test(value))
  );
}

/** Several words without what makes a sentence of them. */
function isPhrase(value: string): boolean {
  const words = value.split(/[ -]/);
  if (words.length < 4 || !words.every((word) => /^[a-z]{2,12}\d{0,4}$/.test(word))) return false;
  return !words.some((word) => SENTENCE.has(word));
}
const SENTENCE = new Set(
  'the a an is are be was your you my our we it its to of in on at for from with and or not no please enter type must should can cannot has have do does did new old this that if when password passphrase passwords passcode pass secret token key field input label form user login reset forgot change confirm invalid wrong text button show hide'.split(
    ' ',
  ),
);

/** Numbers, dates, versions, paths, addresses, and names of things: what has an order that no secret has. */
function isStructured(value: string): boolean {
  if (/^[\d.,:/_+-]+$/.test(value)) return true;
  if (/^(?:https?|file|ftp|mailto|data|urn|s3|gs|git|ssh|arn):/i.test(value)) return true;
  if (/^(?:\.{0,2}\/)?(?:[\w@.-]+\/)+[\w.-]*\.[a-z]{1,5}$/i.test(value)) return true;
  if (/^\w+(?:\.\w+)*@[\w-]+(?:\.\w+)+$/.test(value)) return true;
  if (/^\d{4}-\d\d-\d\d/.test(value) || /^v?\d+\.\d+\.\d+/.test(value)) return true;
  return /0123456789|abcdefgh/i.test(value);
}

/** The share of the letters and digits that belong to something like a word. */
function wordShare(value: string): number {
  const parts = value
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .split(/[^A-Za-z\d]+|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])/);
  let letters = 0;
  let inWords = 0;
  for (const part of parts) {
    letters += part.length;
    if (part.length >= 3 && isWord(part)) inWords += part.length;
  }
  return letters === 0 ? 1 : inWords / letters;
}

/** Whether letters could be a word: vowels among them, no long run of consonants, one case but for the first. */
function isWord(part: string): boolean {
  if (!/^(?:[A-Z]?[a-z]+|[A-Z]+)$/.test(part)) return false;
  const lower = part.toLowerCase();
  const vowels = lower.replace(/[^aeiouy]/g, '').length / lower.length;
  return (
    vowels >= 0.2 &&
    vowels <= 0.75 &&
    !/[^aeiouy]{5}/.test(lower) &&
    !/[qjxz][^aeiouqy]|[^aeiousy]{2}[qjxz]/.test(lower)
  );
}

/** The share of neighbours that are of another kind: capital, small letter or digit. */
function changes(text: string): number {
  let count = 0;
  for (let i = 1; i < text.length; i++) if (classOf(text, i) !== classOf(text, i - 1)) count++;
  return count / Math.max(1, text.length - 1);
}

function classOf(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code < 58) return 0;
  return code < 91 ? 1 : 2;
}

/** Shannon's entropy of the characters of a text, in bits a character. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
