import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pause } from '../editor/harness/processes.ts';
import type { Workbench, WorkspaceFile } from '../editor/harness/workbench.ts';
import type { Random } from '../toy/random.ts';

/** What hands at a keyboard do, as chance will have it. */
export interface Hands {
  readonly workbench: Workbench;
  readonly chance: Random;
  /** The folder of `files`. */
  readonly folder: string;
  readonly files: readonly WorkspaceFile[];
  /** The file in front. */
  shown: WorkspaceFile;
}

/** Something to do; what came of it, in a word. */
type Action = (hands: Hands) => Promise<string>;

export const ACTIONS: Readonly<Record<string, Action>> = {
  accept: async (hands) => {
    await beginLine(hands);
    if (!(await ghostText(hands))) return 'nothing-shown';
    await hands.workbench.acceptGhostText();
    return 'accepted';
  },
  typeInto: async (hands) => {
    await beginLine(hands);
    const seen = await ghostText(hands);
    if (!seen) return 'nothing-shown';
    await hands.workbench.type(seen.split('\n', 1)[0]!.slice(0, hands.chance.int(1, 5)));
    return 'typed-into';
  },
  dismiss: async (hands) => {
    await beginLine(hands);
    const seen = await ghostText(hands);
    await hands.workbench.press('Escape');
    return seen ? 'dismissed' : 'nothing-shown';
  },
  /** Each letter ends the job of the one before, and what was typed goes again. */
  cancel: async (hands) => {
    const letters = await beginLine(hands);
    await hands.workbench.press(...Array<string>(letters).fill('Backspace'));
    return 'cancelled';
  },
  /** Into another file in the middle of a job. */
  leave: async (hands) => {
    await beginLine(hands);
    await show(hands, hands.chance.pick(hands.files));
    return 'left';
  },
  edit: async ({ workbench, chance }) => {
    await goToLine(workbench, chance.int(1, 60));
    const keys = ['Control+Shift+K', 'Alt+ArrowDown', 'Control+/', 'Control+Z', 'Shift+Alt+ArrowDown'];
    for (let left = chance.int(1, 4); left > 0; left--) await workbench.press(chance.pick(keys));
    return 'edited';
  },
  /** The text as it was: a document does not grow for hours. */
  revert: async ({ workbench }) => {
    await workbench.runCommand('File: Revert File');
    return 'reverted';
  },
  close: async (hands) => {
    await hands.workbench.runCommand('View: Revert and Close Editor');
    await show(hands, hands.chance.pick(hands.files));
    return 'closed';
  },
  /** Another program writes a file, or a new one, and the index hears of it. */
  write: async ({ chance, folder, files }) => {
    const name = `written${chance.int(1, 20)}.ts`;
    await writeFile(path.join(folder, name), chance.pick(files).text.slice(chance.int(0, 2_000)));
    return 'written';
  },
  list: async ({ workbench, chance }) => {
    await workbench.runCommand(
      `Slipstream: ${chance.pick(['Choose Drafts', 'Choose Policy', 'Show Status'])}`,
    );
    await workbench.listRow('').waitFor();
    await workbench.press('Escape');
    return 'looked';
  },
  verdict: async ({ workbench, chance }) => {
    await workbench.runCommand(`Slipstream: ${chance.pick(['Good', 'Bad'])} Suggestion`);
    return 'told';
  },
  insights: async ({ workbench }) => {
    await workbench.runCommand('Slipstream: Show Insights');
    await workbench.webview().locator('h1').waitFor();
    await workbench.runCommand('View: Close Editor');
    return 'seen';
  },
};

/** One action in so many is of each kind; what is not named counts once. */
const WEIGHTS: Readonly<Record<string, number>> = {
  accept: 5,
  typeInto: 3,
  dismiss: 2,
  cancel: 3,
  leave: 2,
  revert: 2,
};

/** The next action: each kind once in the beginning, then by its weight. */
export function nextAction(done: number, chance: Random): string {
  const names = Object.keys(ACTIONS);
  if (done < names.length) return names[done]!;
  return chance.pick(names.flatMap((name) => Array<string>(WEIGHTS[name] ?? 1).fill(name)));
}

/** Leaves lists, dialogs and pages behind, whatever became of the action before. */
export async function comeBack(hands: Hands): Promise<void> {
  await hands.workbench.press('Escape', 'Escape');
  await show(hands, hands.shown);
}

async function show(hands: Hands, file: WorkspaceFile): Promise<void> {
  await hands.workbench.openFile(file.name);
  hands.shown = file;
}

/** A new line somewhere in the file that begins as another one does; a suggestion is near. @returns letters that were typed */
async function beginLine({ workbench, chance, shown }: Hands): Promise<number> {
  const lines = shown.text.split('\n');
  const begun = chance.pick(lines.filter((line) => line.trim().length > 12)).trim();
  await goToLine(workbench, chance.int(1, lines.length));
  await workbench.press('End', 'Enter');
  const text = begun.slice(0, Math.ceil(begun.length * (0.2 + 0.5 * chance.next())));
  await workbench.type(text);
  return text.length;
}

async function goToLine(workbench: Workbench, line: number): Promise<void> {
  await workbench.press('Control+g');
  const input = workbench.page.locator('.quick-input-widget input.input');
  await input.waitFor();
  await input.fill(`:${line}`);
  await workbench.press('Enter');
  await input.waitFor({ state: 'hidden' });
}

/** Looks for a suggestion as long as patience lasts, half of the time without the language's own list before it. */
async function ghostText({ workbench, chance }: Hands): Promise<string> {
  if (chance.chance(0.5)) await workbench.closeSuggestList();
  for (let left = 75; left > 0; left--) {
    const seen = await workbench.ghostText();
    if (seen.trim() !== '') return seen;
    await pause(200);
  }
  return '';
}
