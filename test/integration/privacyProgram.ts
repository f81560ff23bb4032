import { createWorkerClient } from '../../src/worker/client.ts';
import { readLine } from '../../src/worker/logLines.ts';

/** What an editor has a worker do in a session, with a mark in all that is typed. Prints what a log would show of it. */

const [program = '', storage = '', mark = '', url = ''] = process.argv.slice(2);
const never = new AbortController().signal;
const lines: string[] = [];

async function main() {
  const client = createWorkerClient({ modulePath: program, log: (line) => lines.push(line) });
  const setup = { model: 'tiny', pool: [], policy: 'trained+online', threads: 1 };
  const server = { url, model: '', key: '', fim: 'prefix', context: 8192, timeout: 60_000 };
  const remote = url === '' ? undefined : server;
  const job = (prefix: string, maxTokens = 8) => ({
    ...{
      kind: 'complete' as const,
      path: `${mark}.ts`,
      language: 'typescript',
      prefix,
      suffix: `\n// ${mark}\n`,
    },
    ...{ singleLine: false, maxTokens },
  });
  const results: string[] = [];
  const run = async (given: ReturnType<typeof job>) => {
    results.push((await client.run(given, never, () => undefined)).type);
  };
  const state = await client.setup({ ...setup, storage, learnt: storage, remote });
  results.push(state.kind);
  client.file({ path: `${mark}.ts`, text: `const ${mark} = 1;\n`.repeat(5) });
  await client.index({ files: [{ path: 'other.ts', text: `const ${mark}2 = 2;\n` }] });
  await run(job(`const ${mark}3 = `));
  client.accepted({ path: 'a.ts', text: `${mark}4` });
  client.feedback({ verdict: 'good', language: 'go', drafts: { suffix: 2 } });
  // What is refused is worth a line in the log, and what it said is not.
  await run(job(`const ${mark}5 = `, -1));
  client.file({ path: mark, text: 7 as unknown as string });
  await run({ ...job(mark), kind: mark as 'complete' });
  client.dispose();
  const shown = lines.map(readLine).filter(({ detail }) => !detail);
  console.log(JSON.stringify({ results, log: shown.map(({ text }) => text) }));
}

void main();
