import { appendFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';
import type { SuiteLine } from './report.ts';

/**
 * The entry that the editor calls inside its extension host, the same for a downloaded VS Code and for
 * code-server. Besides the console, each test's end goes as a line into the file that the runner named: from
 * there it is counted test by test.
 */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 3 * 60_000, color: false });
  const only = (process.env.SLIPSTREAM_SUITE ?? '').split(',');
  for (const name of readdirSync(__dirname)) {
    if (name.endsWith('.tests.js') && only.some((part) => name.startsWith(part)))
      mocha.addFile(path.join(__dirname, name));
  }
  const report = process.env.SLIPSTREAM_SUITE_REPORT;
  const tell = (line: SuiteLine): void => {
    if (report) appendFileSync(report, `${JSON.stringify(line)}\n`);
  };
  if (report) writeFileSync(report, '');

  const failures = await new Promise<number>((resolve) => {
    mocha
      .run(resolve)
      .on('pass', (test) => tell({ title: test.fullTitle(), state: 'passed', millis: test.duration ?? 0 }))
      .on('pending', (test) => tell({ title: test.fullTitle(), state: 'skipped', millis: 0 }))
      .on('fail', (test, error: Error) =>
        tell({
          title: test.fullTitle(),
          state: 'failed',
          millis: test.duration ?? 0,
          error: error.stack ?? error.message,
        }),
      );
  });
  tell({ title: 'end', state: 'ended', millis: 0 });
  if (failures > 0) throw new Error(`${failures} of the tests in the editor failed`);
}
