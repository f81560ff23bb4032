import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { openPage, remoteUri, workbenchUrl } from './browser.ts';
import { outputFolder } from './paths.ts';
import { pause } from './processes.ts';
import type { Server } from './server.ts';

const EDITOR = '.editor-instance .monaco-editor';
/** A suggestion's first line stands in the text line in pieces; its further lines are drawn below. */
const GHOST_FIRST_LINE = '.ghost-text-decoration';
const GHOST_LINES = '.suggest-preview-text .view-line';

/** The editor as a person has it: eyes on the screen, hands on the keyboard. */
export class Workbench {
  readonly #server: Server;
  readonly #close: () => Promise<void>;
  readonly page: Page;

  private constructor(server: Server, page: Page, close: () => Promise<void>) {
    this.#server = server;
    this.page = page;
    this.#close = close;
  }

  /** Opens the server's workspace with `file` (a name in it) written and shown, and the focus in its text. */
  static async open(
    server: Server,
    file: { readonly name: string; readonly text: string },
    options: BrowserContextOptions = {},
  ): Promise<Workbench> {
    const location = path.join(server.workspace, file.name);
    await mkdir(path.dirname(location), { recursive: true });
    await writeFile(location, file.text);
    const { page, close } = await openPage(options);
    const workbench = new Workbench(server, page, close);
    try {
      const uri = remoteUri(server.authority, location);
      await page.goto(workbenchUrl(server.authority, server.workspace, [['openFile', uri]]));
      await page.waitForSelector(`.tab.active[data-resource-name="${path.basename(file.name)}"]`, {
        timeout: 60_000,
      });
      await page.waitForSelector(`${EDITOR} .view-line`);
      await workbench.focus();
      return workbench;
    } catch (error) {
      await workbench.closeAfterFailure('open');
      throw error;
    }
  }

  async focus(): Promise<void> {
    await this.page.locator(`${EDITOR} .view-lines`).first().click();
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Types with a pause between keys, as fast hands would. */
  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text, { delay: 45 });
  }

  /** Puts the cursor at a place, both counted from 1. */
  async goTo(line: number, column: number): Promise<void> {
    await this.press('Control+g');
    const input = this.page.locator('.quick-input-widget input.input');
    await input.waitFor();
    await input.fill(`:${line}:${column}`);
    await this.press('Enter');
    await input.waitFor({ state: 'hidden' });
  }

  /** The suggestion on screen, its lines joined; empty when there is none. */
  async ghostText(): Promise<string> {
    const first = await this.page.locator(GHOST_FIRST_LINE).allTextContents();
    const further = await this.page.locator(GHOST_LINES).allTextContents();
    return [first.join(''), ...further].join('\n').replaceAll('\u00a0', ' ').trimEnd();
  }

  /** Waits for a suggestion that has stopped growing: its first line comes before the rest. */
  async waitForGhostText(milliseconds = 20_000): Promise<string> {
    let last = '';
    let since = Date.now();
    for (const deadline = since + milliseconds; Date.now() < deadline; await pause(50)) {
      const text = await this.ghostText();
      if (text !== last) {
        last = text;
        since = Date.now();
      } else if (text.trim() !== '' && Date.now() - since > 700) return text;
    }
    throw new Error(`no ghost text within ${milliseconds} ms`);
  }

  async waitForNoGhostText(): Promise<void> {
    await this.page.locator(GHOST_FIRST_LINE).first().waitFor({ state: 'detached', timeout: 10_000 });
  }

  /** Saves with the keyboard and returns what the file then holds on disk. */
  async save(name: string): Promise<string> {
    await this.press('Control+s');
    await this.page.locator('.tab.active.dirty').waitFor({ state: 'detached', timeout: 10_000 });
    return await readFile(path.join(this.#server.workspace, name), 'utf8');
  }

  async runCommand(title: string): Promise<void> {
    await this.press('F1');
    const input = this.page.locator('.quick-input-widget input.input');
    await input.waitFor();
    await input.fill(`>${title}`);
    await this.page
      .locator('.quick-input-list .monaco-list-row')
      .filter({ hasText: title })
      .first()
      .waitFor();
    await this.press('Enter');
  }

  async statusBarText(): Promise<string[]> {
    return await this.page.locator('.statusbar-item').allTextContents();
  }

  async toasts(): Promise<string[]> {
    return await this.page.locator('.notification-toast .notification-list-item-message').allTextContents();
  }

  /** Keeps what is on screen in the tests' output folder. */
  async screenshot(name: string): Promise<string> {
    await mkdir(outputFolder, { recursive: true });
    const file = path.join(outputFolder, `${name}.png`);
    await this.page.screenshot({ path: file });
    return file;
  }

  close(): Promise<void> {
    return this.#close();
  }

  /** Closes, keeping what the screen and the server showed; for the reader of a failed run. */
  async closeAfterFailure(name: string): Promise<void> {
    await this.screenshot(`failed-${name}`).catch(() => undefined);
    await writeFile(path.join(outputFolder, `failed-${name}.log`), this.#server.output()).catch(
      () => undefined,
    );
    await this.close();
  }
}
