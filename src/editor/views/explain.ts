import { say } from '../words.ts';

/** Why nothing was asked of the model, by the reason in the outcome's name. */
const skipped: Readonly<Record<string, () => string>> = {
  scheme: () => say('Nothing is suggested here: this is no file of code or text.'),
  'excluded-file': () => say('Nothing is suggested here: the file is excluded and never read.'),
  off: () => say('Nothing was suggested: suggestions are off.'),
  'off-for-language': () => say('Nothing was suggested: suggestions are off for this language.'),
  snoozed: () => say('Nothing was suggested: suggestions are snoozed.'),
  manual: () => say('Nothing was suggested: they come only when you ask for them (slipstream.eagerness).'),
  quiet: () => say('Nothing was suggested: quiet suggestions come only at the end of a line.'),
  'multi-cursor': () => say('Nothing was suggested: there are several cursors.'),
  selection: () => say('Nothing was suggested: text is selected.'),
  snippet: () => say('Nothing was suggested: a snippet is being filled in, and Tab goes through its fields.'),
  deletion: () => say('Nothing was suggested: you had just deleted text. Type a letter.'),
  undo: () => say('Nothing was suggested: you had just undone a change. Type a letter.'),
  redo: () => say('Nothing was suggested: you had just redone a change. Type a letter.'),
  'nothing-before': () => say('Nothing was suggested: there is no text before the cursor yet.'),
  'long-line': () => say('Nothing was suggested: the line is too long.'),
  binary: () => say('Nothing was suggested: the file does not look like text.'),
  'inside-word': () => say('Nothing was suggested: the cursor stands inside a word.'),
};

/** Why what the model wrote was not shown. */
const empty: Readonly<Record<string, () => string>> = {
  'model-had-nothing': () => say('The model had nothing to add here.'),
  'cut-short': () => say('What the model wrote was cut before it could be shown.'),
  blank: () => say('The model wrote only blank text.'),
  'broken-characters': () => say('What the model wrote was not shown: it held broken characters.'),
  'doubled-name': () => say('What the model wrote was not shown: a name would have stood there twice.'),
  'out-of-scope': () => say('What the model wrote was not shown: it used what does not exist here.'),
  'unknown-names': () => say('What the model wrote was not shown: it used what does not exist here.'),
  'repeats-above': () => say('What the model wrote was not shown: it stands above already.'),
  'repeats-below': () => say('What the model wrote was not shown: it stands below already.'),
  'repeats-rest': () => say('What the model wrote was not shown: it stands behind the cursor already.'),
  repetition: () => say('What the model wrote was not shown: it repeated itself.'),
  secret: () => say('What the model wrote was not shown: it looked like a secret.'),
  unbalanced: () => say('What the model wrote was not shown: it would have left brackets or quotes open.'),
  'other-line': () => say('What the model wrote was not shown: it belonged to another line.'),
  scope: () => say('What the model wrote was not shown: it belonged outside of this block.'),
  'inside-character': () => say('Nothing was suggested: the cursor stands inside a sign.'),
};

/**
 * Why nothing was shown just now, in a plain sentence; undefined where something was, or nothing was asked yet.
 * @param outcome name of a request's end, `skipped:deletion` say
 * @param message what a failure said
 */
export function whyNothing(outcome: string, message?: string): string | undefined {
  const [type, reason = ''] = outcome.split(':', 2) as [string, string?];
  switch (type) {
    case 'skipped':
      return skipped[reason]?.() ?? say('Nothing was suggested ({0}).', reason);
    case 'empty':
      return empty[reason]?.() ?? say('What the model wrote was not shown ({0}).', reason);
    case 'cancelled':
      return reason === 'busy'
        ? say('Nothing was suggested: a summary or a translation is being written.')
        : say('Nothing was suggested: you went on before it was ready.');
    case 'failed':
      return message || say('The suggestion failed ({0}).', reason);
    default:
      return undefined;
  }
}
