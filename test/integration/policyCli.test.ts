import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { z } from 'zod';
import { readPolicyFile } from '../../src/inference/policyFile.ts';
import { readLog } from '../../src/learning/log.ts';
import { build, commandLine, program } from '../fakes/commandLine.ts';
import { root } from '../toy/bundled.ts';

/** Recording, training and using a policy as a person does it: processes, their outputs and exit statuses. */

const smoke = path.join(root, 'bench/prompts/smoke.jsonl');

// The small model, which is there in a moment.
process.env.SLIPSTREAM_MODEL = 'tiny';

let folder: string;
before(() => {
  build();
  folder = mkdtempSync(path.join(os.tmpdir(), 'slipstream-policy-'));
});
after(() => rmSync(folder, { recursive: true }));

const into = (name: string) => path.join(folder, name);
const few = ['--max-tokens', '8', '--drafts', 'suffix,ngram', '--threads', '1'];

function slipstream(...args: string[]) {
  return commandLine(args, { cwd: folder });
}

function succeed(...args: string[]): string {
  const { status, stdout, stderr } = slipstream(...args);
  assert.equal(status, 0, stderr);
  return stdout;
}

/** The one sentence that a failure prints. */
function complaint(...args: string[]): string {
  const { status, stdout, stderr } = slipstream(...args);
  assert.equal(status, 1, `${stdout}${stderr}`);
  assert.equal(stdout, '');
  const [line = '', ...more] = stderr.trim().split('\n');
  assert.deepEqual(more, []);
  assert.match(line, /^slipstream: \S.*\.$/);
  return line;
}

const explainedRound = z.object({
  considered: z.array(z.object({ draft: z.string(), length: z.number(), millis: z.number() })),
  draft: z.string().optional(),
  drafted: z.number(),
  accepted: z.number(),
});

/** Whether something has become true within half a minute. */
async function eventually(is: () => boolean): Promise<boolean> {
  for (let i = 0; i < 300 && !is(); i++) await new Promise((resolve) => setTimeout(resolve, 100));
  return is();
}

describe('a policy from the command line', () => {
  test('is recorded, trained, and chooses without changing a token', async () => {
    const said = succeed('policy', 'collect', smoke, '--out', 'smoke.gz', ...few);
    assert.equal(said, '6 requests are recorded in smoke.gz.\n');
    const log = await readLog(into('smoke.gz'));
    assert.deepEqual(
      log.header.arms.map(({ id }) => id),
      ['suffix', 'ngram'],
    );
    assert.equal(log.records.length, 6);
    for (const { kinds, arms, ids } of log.records) {
      assert.ok(kinds.length >= 1 && kinds.length <= 8);
      assert.deepEqual(Object.keys(arms), ['suffix', 'ngram']);
      assert.equal(ids, undefined);
    }

    const trained = succeed('policy', 'train', 'smoke.gz', '--out', 'policy.json', '--epochs', '2');
    assert.equal(trained, 'Trained on 6 requests; the policy is in policy.json.\n');
    const policy = await readPolicyFile(into('policy.json'));
    assert.deepEqual(policy.method === 'round' ? policy.arms : [], ['suffix', 'ngram']);
    assert.deepEqual(policy.trainedOn, { requests: 6, model: log.header.model });
    succeed('policy', 'train', 'smoke.gz', '--out', 'again.json', '--epochs', '2');
    assert.equal(readFileSync(into('again.json'), 'utf8'), readFileSync(into('policy.json'), 'utf8'));

    succeed('policy', 'train', 'smoke.gz', '--out', 'on.json', '--from', 'policy.json', '--epochs', '1');
    const on = await readPolicyFile(into('on.json'));
    assert.ok(on.method === 'round' && policy.method === 'round');
    assert.deepEqual(on.network.sizes, policy.network.sizes);
    assert.notDeepEqual(on.network.layers, policy.network.layers);

    // The prompts of one file are of the same packages, so there is nothing to compare on.
    assert.match(
      complaint('policy', 'evaluate', 'smoke.gz', '--test', 'smoke.gz', '--policy', 'policy.json'),
      /are in the training log and in the test log\. Split the logs by package\.$/,
    );

    const bench = succeed(
      ...['bench', smoke, '--policy-file', 'policy.json', '--arms', 'none,policy,trained+online'],
      ...['--max-tokens', '8', '--threads', '1', '--json'],
    );
    const arm = z.object({ identical: z.number(), of: z.number() });
    const { arms } = z.object({ arms: z.record(z.string(), arm) }).parse(JSON.parse(bench));
    assert.deepEqual(Object.keys(arms), ['none', 'policy', 'trained+online']);
    for (const { identical, of } of Object.values(arms)) assert.deepEqual([identical, of], [6, 6]);
  });

  test('tells round by round what was weighed, and completes as it does without', () => {
    writeFileSync(into('loop.py'), 'for name in names:\n    print(name)\nfor name in names:\n    pri\n');
    const place = ['loop.py', '--line', '4', '--max-tokens', '12', '--threads', '1'];
    const explained = z
      .object({ text: z.string(), policy: z.string(), rounds: z.array(explainedRound).min(1) })
      .parse(JSON.parse(succeed('policy', 'explain', ...place, '--json')));
    const { text } = z
      .object({ text: z.string() })
      .parse(JSON.parse(succeed('complete', ...place, '--column', '8', '--raw', '--json')));
    assert.equal(explained.text, text);
    assert.equal(explained.policy, 'trained');
    for (const { considered, draft, drafted, accepted } of explained.rounds) {
      assert.ok(considered.some(({ draft: id }) => id === 'ensemble:stack'));
      assert.ok(
        draft === undefined || considered.some(({ draft: id, length }) => id === draft && length > 0),
      );
      assert.ok(accepted <= drafted);
    }
    const words = succeed('policy', 'explain', ...place);
    assert.equal(words.match(/^Round /gm)?.length, explained.rounds.length);
    assert.match(words, /\| > \S+ +\|/);
    assert.match(complaint('policy', 'explain', 'loop.py', '--line', '40'), /loop\.py/);
  });

  test('is recorded from the sources of a folder, stopped and gone on with', async () => {
    mkdirSync(into('sources/lib'), { recursive: true });
    for (const name of ['sources/lib/decoder.ts', 'sources/lib/output.ts']) {
      writeFileSync(into(name), readFileSync(path.join(root, 'src/engine', path.basename(name))));
    }
    const collect = ['policy', 'collect', 'sources', '--out', 'sources.gz', ...few];
    const part = into('sources.gz.part');
    const child = spawn(process.execPath, [program, ...collect], { cwd: folder });
    let stderr = '';
    child.stderr.on('data', (piece) => {
      stderr += String(piece);
    });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    const lines = () => (existsSync(part) ? readFileSync(part, 'utf8').split('\n').length - 1 : 0);
    assert.ok(await eventually(() => lines() >= 2));
    child.kill('SIGINT');
    // A quick machine may have been through before it was told.
    if ((await ended) === 1) {
      assert.equal(stderr.trim(), 'slipstream: Stopped. The same command goes on from here.');
      const recorded = readFileSync(part, 'utf8');
      assert.ok(recorded.endsWith('\n'));
      truncateSync(part, recorded.length - 10);
      succeed(...collect);
    }
    const { records } = await readLog(into('sources.gz'));
    assert.ok(!existsSync(part));
    assert.equal(new Set(records.map(({ id }) => id)).size, records.length);
    assert.ok(
      records.length >= 4 && records.every(({ group, language }) => group && language === 'typescript'),
    );

    // Nobody can tell from the log that it was stopped, but for the times that passes took.
    succeed('policy', 'collect', 'sources', '--out', 'at-once.gz', ...few);
    const untimed = (all: typeof records) => all.map((record) => ({ ...record, passes: [] }));
    assert.deepEqual(untimed((await readLog(into('at-once.gz'))).records), untimed(records));
  });

  test('says what is wrong with a log or a folder', () => {
    mkdirSync(into('empty'), { recursive: true });
    writeFileSync(into('no-log.gz'), 'hello');
    const out = ['--out', 'x.json'];
    assert.match(
      complaint('policy', 'train', 'missing.gz', ...out),
      /missing\.gz cannot be read: it is not there\. Name one that exists\.$/,
    );
    assert.match(
      complaint('policy', 'train', 'no-log.gz', ...out),
      /no-log\.gz cannot be read: .* Collect it again\.$/,
    );
    assert.ok(!existsSync(into('x.json')));
    const into2 = ['--out', 'x.gz', ...few];
    assert.match(complaint('policy', 'collect', 'empty', ...into2), /empty holds no source files/);
    assert.match(complaint('policy', 'collect', 'nowhere', ...into2), /nowhere cannot be read/);
    assert.match(
      complaint('policy', 'collect', smoke, '--workspaces', 'nowhere', ...into2),
      /There is no folder nowhere\. Name one that exists/,
    );
    assert.match(
      complaint('policy', 'collect', smoke, '--workspaces', 'sources', ...into2),
      /is in none of the workspaces\. Name the folder that it was cut from/,
    );
  });

  test('says what is wrong with a place to write to, and with a draft that is not there', () => {
    const nowhere = path.join('nowhere', 'x.gz');
    assert.match(
      complaint('policy', 'collect', smoke, '--out', nowhere, ...few),
      /nowhere.* cannot be written/,
    );
    assert.match(
      complaint('policy', 'train', 'missing.gz', '--out', path.join('nowhere', 'x.json')),
      /nowhere.* cannot be written/,
    );
    assert.match(
      complaint('policy', 'collect', smoke, '--out', 'x.gz', '--drafts', 'sufix', '--threads', '1'),
      /There is no draft «sufix»/,
    );
  });

  test('that was named and is broken is refused, and the bench does not measure another', () => {
    writeFileSync(into('broken.json'), '{"format": "slipstream-pol');
    assert.match(
      complaint(
        ...['bench', smoke, '--policy-file', 'broken.json', '--arms', 'none,policy'],
        ...['--max-tokens', '2', '--threads', '1'],
      ),
      /The policy broken\.json cannot be used .* Train it again\.$/,
    );
  });
});
