/**
 * The editor's texts in the user's language. The pure parts say their texts in English through here; `activate` puts the editor's
 * translation (`l10n/`) in between, and without it, in tests, the English stays.
 */
type Values = readonly (string | number)[];
type Translate = (message: string, ...values: (string | number)[]) => string;

const inEnglish: Translate = (message, ...values) => fill(message, values);
let translate = inEnglish;

/** A text in the user's language. @param values what stands for `{0}`, `{1}` in it */
export function say(message: string, ...values: Values): string {
  return translate(message, ...values);
}

/** Say everything through a translation from now on; undefined for English. */
export function speakThrough(given: Translate | undefined): void {
  translate = given ?? inEnglish;
}

function fill(message: string, values: Values): string {
  return message.replace(/\{(\d+)\}/g, (whole, n: string) => String(values[Number(n)] ?? whole));
}
