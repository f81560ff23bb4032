import type { SetupResult } from '../../worker/protocol.ts';
import type { TaskKind } from '../preview/taskRun.ts';

/** Longer selections are refused: no local model here reads them whole. */
const maxSelection = 20_000;

/** Why a selection cannot be worked on; undefined when it can. */
export function selectionProblem(selected: string, kind: TaskKind): string | undefined {
  if (selected.trim() === '') return `Select the text to ${kind} first.`;
  if (selected.length > maxSelection) {
    return `The selection has ${selected.length} characters; at most ${maxSelection} can be worked on.`;
  }
  return undefined;
}

/** A warning to show before a task that the model was not made for; undefined when it was. */
export function untrainedWarning(setup: SetupResult, kind: TaskKind): string | undefined {
  if (setup.tasks.includes(kind)) return undefined;
  return (
    `The loaded model (${setup.model}) was not made to ${kind} text. ` +
    'It will write something, but do not expect it to be right. ' +
    'A folder with a model that was can be given in the setting slipstream.model.'
  );
}

/** A language to translate to, natural or programming, with the file extension of its preview. */
export interface TargetLanguage {
  readonly label: string;
  readonly extension: string;
}

const natural = [
  'English',
  'German',
  'French',
  'Spanish',
  'Italian',
  'Portuguese',
  'Dutch',
  'Polish',
  'Ukrainian',
  'Turkish',
  'Arabic',
  'Hindi',
  'Chinese',
  'Japanese',
  'Korean',
];

const programming: readonly TargetLanguage[] = [
  { label: 'TypeScript', extension: '.ts' },
  { label: 'JavaScript', extension: '.js' },
  { label: 'Python', extension: '.py' },
  { label: 'Go', extension: '.go' },
  { label: 'Rust', extension: '.rs' },
  { label: 'Java', extension: '.java' },
  { label: 'C#', extension: '.cs' },
  { label: 'C++', extension: '.cpp' },
];

export const naturalLanguages: readonly TargetLanguage[] = natural.map((label) => ({
  label,
  extension: '.md',
}));
export const programmingLanguages = programming;

/** The language that a user typed: one of the list whatever its case, else as it was typed. */
export function targetLanguage(typed: string): TargetLanguage {
  const label = typed.trim();
  const known = [...naturalLanguages, ...programming].find(
    (language) => language.label.toLowerCase() === label.toLowerCase(),
  );
  return known ?? { label, extension: '.md' };
}
