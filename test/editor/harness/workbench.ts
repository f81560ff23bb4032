import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BrowserContextOptions, FrameLocator, Locator, Page } from 'playwright-core';
import { openPage, remoteUri, workbenchUrl } from './browser.ts';
import { outputFolder } from './paths.ts';
import { pause } from './processes.ts';
import type { Server } from './server.ts';

export const EDITOR = '.editor-instance .monaco-editor';
/**
 * A suggestion's first line stands in the text line in pieces, under another name while the language's own list is
 * open; its further lines are drawn below.
 */
export const GHOST_FIRST_LINE = '.ghost-text-decoration, .ghost-text-decoration-preview';
const GHOST_LINES = '.suggest-preview-text .view-line';

export interface WorkspaceFile {
  readonly name: string;
  readonly text: string;
}

/** One picture of the screen: a suggestion's text, how many lines it has, and whether the language's own list is open. */
export interface Picture {
  readonly text: string;
  readonly ghost: number;
  readonly list: boolean;
  /** How many keys had been pressed. */
  readonly keys: number;
}

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

  /** Opens the server's workspace with `files` in it, the first of them shown and the cursor in its text. */
  static async open(
    server: Server,
    files: readonly WorkspaceFile[],
    options: BrowserContextOptions = {},
  ): Promise<Workbench> {
    for (const { name, text } of files) {
      const location = path.join(server.workspace, name);
      await mkdir(path.dirname(location), { recursive: true });
      await writeFile(location, text);
    }
    const first = files[0];
    if (first === undefined) throw new Error('the workbench needs a file to show');
    const { page, close } = await openPage(options);
    const workbench = new Workbench(server, page, close);
    try {
      const uri = remoteUri(server.authority, path.join(server.workspace, first.name));
      await page.goto(workbenchUrl(server.authority, server.workspace, [['openFile', uri]]));
      await workbench.#shows(first.name);
      return workbench;
    } catch (error) {
      await workbench.keepEvidence('open');
      await workbench.close();
      throw error;
    }
  }

  /** Opens a file of the workspace from the explorer and puts the cursor into its text. */
  async openFile(name: string): Promise<void> {
    const row = this.page.locator('.explorer-folders-view .monaco-list-row').filter({ hasText: name });
    await row.first().dblclick();
    await this.#shows(name);
  }

  async #shows(name: string): Promise<void> {
    const tab = this.page.locator(`.tab.active[data-resource-name="${path.basename(name)}"]`);
    await tab.waitFor();
    await this.page.locator(`${EDITOR} .view-line`).first().waitFor();
    await this.focus();
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

  /** The suggestion on screen, its lines joined; empty when there is none. */
  async ghostText(): Promise<string> {
    const first = await this.page.locator(GHOST_FIRST_LINE).allTextContents();
    const further = await this.page.locator(GHOST_LINES).allTextContents();
    return [first.join(''), ...further].join('\n').replaceAll('\u00a0', ' ').trimEnd();
  }

  /** Waits for a suggestion that is whole: its first lines come before the rest, while the status item may spin. */
  async waitForGhostText(lines = 1, milliseconds = 120_000): Promise<string> {
    let last = '';
    let since = Date.now();
    for (const deadline = since + milliseconds; Date.now() < deadline; await pause(50)) {
      const text = await this.ghostText();
      if (text !== last) {
        last = text;
        since = Date.now();
      } else if (text.trim() !== '' && text.split('\n').length >= lines) {
        if (Date.now() - since > 700 && !(await this.#isBusy())) return text;
      }
    }
    const status = await this.statusItem().locator('[aria-label]').first().getAttribute('aria-label');
    throw new Error(`no whole ghost text within ${milliseconds} ms: "${last}" (${status})`);
  }

  async #isBusy(): Promise<boolean> {
    return (await this.statusItem().locator('.codicon-modifier-spin').count()) > 0;
  }

  /**
   * Tab: the suggestion becomes text. Where the language's own list is open, that is closed first, for there Tab
   * means the list. The next suggestion may follow at once, so what is waited for is that the cursor moves.
   */
  async acceptGhostText(): Promise<void> {
    await this.closeSuggestList();
    const before = await this.#cursor();
    await this.press('Tab');
    for (const deadline = Date.now() + 60_000; Date.now() < deadline; await pause(20)) {
      if ((await this.#cursor()) !== before) return;
    }
    throw new Error('Tab did not accept the suggestion');
  }

  /** Where the status bar says that the cursor is. */
  async #cursor(): Promise<string | null> {
    return await this.page
      .locator('.statusbar-item')
      .filter({ hasText: /^\s*Ln \d+, Col \d+/ })
      .textContent();
  }

  async waitForGhostTextToBe(expected: string): Promise<void> {
    let seen = '';
    for (const deadline = Date.now() + 30_000; Date.now() < deadline; await pause(20)) {
      seen = await this.ghostText();
      if (seen.startsWith(expected)) return;
    }
    throw new Error(`the ghost text is ${JSON.stringify(seen)}, not ${JSON.stringify(expected)}`);
  }

  async waitForNoGhostText(): Promise<void> {
    await this.page.locator(GHOST_FIRST_LINE).first().waitFor({ state: 'detached' });
  }

  /** Saves with the keyboard and returns what the file then holds on disk. */
  async save(name: string): Promise<string> {
    await this.press('Control+s');
    await this.page.locator('.tab.active.dirty').waitFor({ state: 'detached' });
    return await readFile(path.join(this.#server.workspace, name), 'utf8');
  }

  async runCommand(title: string): Promise<void> {
    await this.press('F1');
    const input = this.page.locator('.quick-input-widget input.input');
    await input.waitFor();
    await input.fill(`>${title}`);
    await this.listRow(title).waitFor();
    await this.press('Enter');
  }

  /** A row of the list that a command shows. */
  listRow(text: string): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: text }).first();
  }

  /** A row of a list to choose several from, with a box to tick. */
  choice(label: string): Locator {
    const name = this.page.locator('.label-name').filter({ hasText: new RegExp(`^${label}$`) });
    return this.page.locator('.quick-input-list .monaco-list-row').filter({ has: name });
  }

  /** The labels in such a list that are ticked. */
  async ticked(): Promise<string[]> {
    const rows = this.page.locator('.quick-input-list .monaco-list-row');
    const ticked = rows.filter({ has: this.page.locator('.checked, input:checked') });
    // A row's second line is a name too.
    const names = (await ticked.all()).map((row) => row.locator('.label-name').first().textContent());
    return (await Promise.all(names)).map((name) => name ?? '');
  }

  /** The extension's item in the status bar: it appears when the extension is active. */
  statusItem(): Locator {
    return this.page.locator('.statusbar-item').filter({ hasText: 'Slipstream' });
  }

  /** Waits until the list of the language's own suggestions is open. */
  async waitForSuggestList(): Promise<void> {
    await this.page.locator('.suggest-widget.visible .monaco-list-row').first().waitFor();
  }

  /** The name of the list's selected entry. */
  async selectedEntry(): Promise<string> {
    const row = this.page.locator('.suggest-widget.visible .monaco-list-row.focused .label-name');
    return (await row.count()) === 0 ? '' : ((await row.first().textContent()) ?? '');
  }

  /** Holds that the suggestion stays on screen for a while. */
  async stays(text: string, milliseconds: number): Promise<void> {
    for (const deadline = Date.now() + milliseconds; Date.now() < deadline; await pause(20)) {
      const seen = await this.ghostText();
      if (!seen.startsWith(text)) throw new Error(`${JSON.stringify(text)} became ${JSON.stringify(seen)}`);
    }
  }

  /** What was on screen, picture by picture, while something was done; what stayed the same is told once. */
  async watchGhostText(act: () => Promise<void>): Promise<Picture[]> {
    // In the page, picture by picture: what shows for one of them is seen. As text, for this program knows no window.
    const all = (selector: string) => `[...document.querySelectorAll(${JSON.stringify(selector)})]`;
    await this.page.evaluate(`{
      const seen = (globalThis.ghostPictures = []);
      let keys = 0;
      addEventListener('keydown', () => keys++, { capture: true });
      const look = () => {
        const first = ${all(GHOST_FIRST_LINE)}.map((each) => each.textContent);
        const further = ${all(GHOST_LINES)}.map((each) => each.textContent);
        const ghost = Math.min(1, first.length) + further.length;
        const text = [first.join(''), ...further].join('\\n').replaceAll('\\u00a0', ' ').trimEnd();
        const list = ${all('.suggest-widget.visible')}.length > 0;
        const last = seen.at(-1);
        if (last?.ghost !== ghost || last.list !== list || last.text !== text || last.keys !== keys)
          seen.push({ text, ghost, list, keys });
        globalThis.ghostLooking = requestAnimationFrame(look);
      };
      look();
    }`);
    await act();
    return await this.page.evaluate<Picture[]>(
      'cancelAnimationFrame(globalThis.ghostLooking), globalThis.ghostPictures',
    );
  }

  /** Closes the list of the language's own suggestions, where it is open. */
  async closeSuggestList(): Promise<void> {
    const list = this.page.locator('.suggest-widget.visible');
    if (await list.isVisible()) {
      await this.press('Escape');
      await list.waitFor({ state: 'hidden' });
    }
  }

  /** What the page of the webview in front shows. */
  webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').last().frameLocator('#active-frame');
  }

  /** Wear a colour theme, by the settings of the workspace. */
  async wearTheme(name: string): Promise<void> {
    const folder = path.join(this.#server.workspace, '.vscode');
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'settings.json'), JSON.stringify({ 'workbench.colorTheme': name }));
    const kind = name.includes('High Contrast') ? 'hc-black' : name.includes('Light') ? 'vs' : 'vs-dark';
    await this.page.locator(`.monaco-workbench.${kind}`).waitFor();
    await pause(500);
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

  /** Keeps what the screen and the server show, for the reader of a failed run. */
  async keepEvidence(name: string): Promise<void> {
    await this.screenshot(`failed-${name}`).catch(() => undefined);
    const log = path.join(outputFolder, `failed-${name}.log`);
    await writeFile(log, this.#server.output()).catch(() => undefined);
  }

  close(): Promise<void> {
    return this.#close();
  }
}
