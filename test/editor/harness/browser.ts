import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { findChromium } from './requirements.ts';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A page in the background would have its timers slowed down.
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
];

/** How long a machine that is busy with something else may take to load a page or to show what is waited for, in milliseconds. */
const PATIENCE = 120_000;

export interface OpenPage {
  readonly page: Page;
  close(): Promise<void>;
}

/** A page in a browser of its own with a fresh profile. */
export async function openPage(options: BrowserContextOptions = {}): Promise<OpenPage> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('no Chromium found');
  const browser: Browser = await chromium.launch({ executablePath, args: FLAGS });
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    context.setDefaultTimeout(PATIENCE);
    return { page: await context.newPage(), close: () => browser.close() };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/** The address of a workbench on `authority`, with a folder open and further instructions to the workbench. */
export function workbenchUrl(
  authority: string,
  folder: string,
  payload: readonly (readonly [string, string])[] = [],
): string {
  const url = new URL(`http://${authority}/`);
  url.searchParams.set('folder', folder);
  if (payload.length > 0) url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

export function remoteUri(authority: string, file: string): string {
  return `vscode-remote://${authority}${file}`;
}
