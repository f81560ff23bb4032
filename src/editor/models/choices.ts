import { SUGGESTIONS } from '../../models/curated.ts';
import { say } from '../words.ts';

/** Where a model may come from. */
type ModelSource =
  | { readonly kind: 'hub'; readonly repository: string; readonly file?: string }
  | { readonly kind: 'name' | 'folder' | 'file' };

/** An entry of the list. */
export interface ModelChoice {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  readonly source: ModelSource;
}

/** What one may choose from: models that are known to suit, then the ways to name another. */
export function modelChoices(): ModelChoice[] {
  const known = SUGGESTIONS.map(
    ({ repository, file, title, megabytes, memory, licence, fillsMiddle, drafts }) => ({
      label: title,
      description: say('about {0} MB to load, {1}', megabytes, licence),
      detail: [
        `${repository}.`,
        say('Takes about {0} MB of memory.', memory),
        fillsMiddle ? say('Sees the text behind the cursor.') : say('Sees the text before the cursor.'),
        say('Drafts that fit: {0}.', drafts),
      ].join(' '),
      source: { kind: 'hub', repository, file } as const,
    }),
  );
  const way = (kind: 'name' | 'folder' | 'file', label: string, detail: string): ModelChoice => ({
    label,
    description: '',
    detail,
    source: { kind },
  });
  return [
    ...known,
    way(
      'name',
      say('A model of the hub, by its name…'),
      say('With ONNX or GGUF files. Loaded when you say so, and from there only.'),
    ),
    way('file', say('A file…'), say('A GGUF file, or an archive that another computer exported.')),
    way('folder', say('A folder…'), say('A model as on the Hugging Face hub.')),
  ];
}

/** What is wrong with a name that was typed; undefined for one that may be of the hub. */
export function nameProblem(text: string): string | undefined {
  const named = /^(https?:\/\/\S+\/)?[\w.-]+\/[\w.-]+(@[\w./-]+)?\/?$/.test(text.trim());
  return named ? undefined : say('Write OWNER/NAME, as on the page of the model.');
}

/** What follows `models add` for a source that was named. */
export function argumentsOf(named: string, file?: string): string[] {
  return [named.trim(), ...(file === undefined ? [] : ['--file', file])];
}
