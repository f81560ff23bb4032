import { createWorkerClient } from '../../../src/worker/client.ts';

/** An editor whose worker is told to `wait`, or to `hang`, until a test kills it. Prints the worker's process id before. */

const [program = '', what = ''] = process.argv.slice(2);
const never = new AbortController().signal;
const client = createWorkerClient({ modulePath: program, log: (line) => console.log(line) });
const job = (prefix: string) => ({
  ...{ kind: 'complete' as const, path: 'a.ts', language: 'typescript', prefix, suffix: '' },
  ...{ singleLine: false, maxTokens: 4 },
});

async function main() {
  await client.setup({ model: 'good', pool: [], policy: 'rule', threads: 1 });
  await client.run(job('pid'), never, () => undefined);
  console.log('it begins');
  await client.run(job(what), never, () => undefined);
}

void main();
