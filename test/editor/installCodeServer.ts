import { ensureCodeServer } from './harness/codeServer.ts';

// Puts the editor of the tests into place ahead of the first test run: `npx tsx test/editor/installCodeServer.ts`.
ensureCodeServer((line) => console.log(line)).then(
  ({ entry }) => console.log(`ready: ${entry}`),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
