import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const PLACES = [
  ...['/usr/bin', ...(process.env.PATH ?? '').split(path.delimiter)].flatMap((folder) =>
    NAMES.map((name) => path.join(folder, name)),
  ),
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The browser of the tests, or undefined. `CHROMIUM_PATH` names another one; naming none there is an error. */
export function findChromium(): string | undefined {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (isExecutable(named)) return named;
    throw new Error(`CHROMIUM_PATH is ${named}, which cannot be run`);
  }
  return PLACES.find(isExecutable);
}

export function missingForEditorTests(): string | undefined {
  if (process.platform === 'win32')
    return 'the editor tests run on Linux and macOS: code-server has no Windows build';
  if (findChromium() === undefined) {
    return (
      'no Chromium found: install it (Debian and Ubuntu: `apt-get install -y chromium`), or set CHROMIUM_PATH ' +
      'to a Chromium or Chrome'
    );
  }
  return undefined;
}

/**
 * Skips the test, saying what to install, where the editor cannot be shown. In continuous integration nothing is
 * skipped: there a missing browser is a mistake of the set-up.
 *
 * @returns true when the test is to be left
 */
export function skipWithoutEditor(context: TestContext): boolean {
  const missing = missingForEditorTests();
  if (missing === undefined) return false;
  if (process.env.CI) throw new Error(missing);
  context.skip(missing);
  return true;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
