/**
 * Signs that no text has: what decoding half a character leaves, halves of surrogate pairs, control characters, ends of
 * lines and paragraphs that no editor writes, and a byte order mark in the middle.
 */
const broken =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\ufffd\ufeff\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** Where the first sign stands that is none; undefined when all are. */
export function firstBroken(text: string): number | undefined {
  return broken.exec(text)?.index;
}

/** A text without the signs that are none. Its line ends become `\n`. */
export function readable(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(new RegExp(broken, 'g'), '');
}
