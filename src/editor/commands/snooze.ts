import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { say } from '../words.ts';

const choices = [5, 15, 60, 240];

/** «Snooze»: no suggestions for a while; where they rest already, it wakes them. */
export function registerSnooze({ snooze }: Services): vscode.Disposable {
  return vscode.commands.registerCommand('slipstream.snooze', async (given?: unknown) => {
    if (snooze.minutesLeft > 0 && given === undefined) {
      snooze.rest(0);
      vscode.window.setStatusBarMessage(say('Slipstream: suggestions come again.'), 4000);
      return;
    }
    const minutes = typeof given === 'number' ? given : await askForMinutes();
    if (minutes === undefined) return;
    snooze.rest(minutes);
    const text =
      minutes > 0
        ? minutes === 1
          ? say('Slipstream: no suggestions for 1 minute.')
          : say('Slipstream: no suggestions for {0} minutes.', minutes)
        : say('Slipstream: suggestions come again.');
    vscode.window.setStatusBarMessage(text, 4000);
  });
}

async function askForMinutes(): Promise<number | undefined> {
  const items = choices.map((minutes) => ({ label: say('{0} minutes', minutes), minutes }));
  const picked = await vscode.window.showQuickPick(items, { title: say('No suggestions for') });
  return picked?.minutes;
}
