import type { Page } from 'playwright-core';
import { pause } from './processes.ts';
import { EDITOR, GHOST_FIRST_LINE } from './workbench.ts';

const LINES = `${EDITOR} .view-lines .view-line`;

/**
 * Waits for a piece of a line to stand in the document's own text on screen, and says whether it came. A suggestion is
 * drawn amid that text, between a tag and what closes it for example, and is left out.
 */
export async function comesToHold(page: Page, text: string, milliseconds: number): Promise<boolean> {
  // As text, for this program knows no window.
  const read = `[...document.querySelectorAll(${JSON.stringify(LINES)})].map((line) => {
    const own = line.cloneNode(true);
    for (const ghost of own.querySelectorAll(${JSON.stringify(GHOST_FIRST_LINE)})) ghost.remove();
    return own.textContent.replaceAll('\\u00a0', ' ');
  })`;
  for (const deadline = Date.now() + milliseconds; Date.now() < deadline; await pause(20)) {
    const lines = await page.evaluate<string[]>(read);
    if (lines.some((line) => line.includes(text))) return true;
  }
  return false;
}
