import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import type { SuiteLine } from '../suite/report.ts';
import { openPage, remoteUri, workbenchUrl } from './browser.ts';
import { repository } from './paths.ts';
import { startServer } from './server.ts';
import { makeTemporary, removeTemporary } from './temporary.ts';

const SUITE = path.join(repository, 'out', 'editor-suite');
const REPORT = 'SLIPSTREAM_SUITE_REPORT';

export interface SuiteRun {
  readonly lines: readonly SuiteLine[];
  /** What the editor said, for the reader of a failed run. */
  readonly output: string;
}

/** Bundles the suite: the extension host loads JavaScript, and `vscode` exists only there. */
export async function buildSuite(): Promise<void> {
  const folder = path.join(repository, 'test', 'editor', 'suite');
  const tests = (await readdir(folder)).filter((name) => name.endsWith('.tests.ts'));
  await build({
    entryPoints: ['index.ts', ...tests].map((name) => path.join(folder, name)),
    outdir: SUITE,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
}

/** Runs the suite in the extension host of code-server, with the repository itself as the extension. */
export async function runInCodeServer(milliseconds: number, log: (line: string) => void): Promise<SuiteRun> {
  return await withReport(async (report) => {
    const server = await startServer({
      log,
      environment: { [REPORT]: report },
      settings: { 'files.autoSave': 'off', 'slipstream.model': 'tiny', 'editor.quickSuggestions': false },
    });
    let said = '';
    try {
      const browser = await openPage();
      try {
        const { page } = browser;
        const ended = new Promise<void>((resolve, reject) => {
          const timer = setTimeout(
            () => reject(new Error(`the suite took longer than ${milliseconds} ms`)),
            milliseconds,
          );
          // A page that could not be opened is the end too.
          page.once('close', () => clearTimeout(timer));
          void page.exposeFunction('codeAutomationLog', (_type: string, values: unknown) => {
            said += `${JSON.stringify(values)}\n`;
          });
          void page.exposeFunction('codeAutomationExit', () => {
            clearTimeout(timer);
            resolve();
          });
        });
        await page.goto(
          workbenchUrl(server.authority, server.workspace, [
            ['extensionDevelopmentPath', remoteUri(server.authority, repository)],
            ['extensionTestsPath', remoteUri(server.authority, path.join(SUITE, 'index.js'))],
          ]),
        );
        await ended.catch((error: unknown) => {
          said += `${String(error)}\n`;
        });
      } finally {
        await browser.close();
      }
    } finally {
      said += server.output();
      await server.stop();
    }
    return said;
  });
}

/** Runs the suite in a desktop VS Code, which is downloaded where it is not there yet. */
export async function runInElectron(): Promise<SuiteRun> {
  return await withReport(async (report) => {
    const root = await makeTemporary('editor');
    try {
      await runTests({
        extensionDevelopmentPath: repository,
        extensionTestsPath: path.join(SUITE, 'index.js'),
        extensionTestsEnv: { [REPORT]: report },
        launchArgs: [root, '--disable-extensions', '--user-data-dir', path.join(root, '.data')],
      });
      return '';
    } catch (error) {
      return String(error);
    } finally {
      await removeTemporary(root);
    }
  });
}

async function withReport(run: (report: string) => Promise<string>): Promise<SuiteRun> {
  const folder = await makeTemporary('report');
  try {
    const report = path.join(folder, 'report.jsonl');
    const output = await run(report);
    const text = await readFile(report, 'utf8').catch(() => '');
    const lines = text.split('\n').filter((line) => line !== '');
    return { lines: lines.map((line) => JSON.parse(line) as SuiteLine), output };
  } finally {
    await removeTemporary(folder);
  }
}
