import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { UserError } from '../../../src/errors.ts';
import { LOG_VERSION, readLog, readLogs } from '../../../src/learning/log.ts';
import { LogWriter } from '../../../src/learning/logWriter.ts';
import { toyHeader, toyRecord } from '../../toy/logs.ts';

let folder: string;
before(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'slipstream-log-'));
});
after(() => rmSync(folder, { recursive: true }));

const into = (name: string) => path.join(folder, name);
const header = toyHeader(['suffix', 'ngram']);
const kinds = [0, 1, 2, 3, 4];
const record = (id: string) =>
  toyRecord(
    {
      id,
      prompt: [1, 2, 3],
      path: [3, 4, 3, 1],
      says: {
        suffix: (at) => ({ match: at, tokens: at < 2 ? [3, 4] : [] }),
        ngram: () => ({ match: 1, tokens: [4], probabilities: [0.25] }),
      },
    },
    kinds,
  );

async function write(file: string, ids: readonly string[], finish = true): Promise<void> {
  const writer = await LogWriter.open(file, header);
  for (const id of ids) await writer.write(record(id));
  if (finish) await writer.finish();
  else await writer.close();
}

/** A file of these lines, compressed. */
function fileOf(name: string, ...lines: readonly unknown[]): string {
  const text = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
  writeFileSync(into(name), gzipSync(text));
  return into(name);
}

/** The error of a call, which names the file and is fit to be read by a person. */
async function complaint(file: string, call: Promise<unknown>): Promise<UserError> {
  const error = await call.then(
    () => assert.fail('it went well'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof UserError, String(error));
  assert.ok(error.message.includes(file), error.message);
  assert.match(error.message, /\. (Collect|Remove|Name|Use) [^.]*\.$/);
  assert.ok(!error.message.includes('\n'), error.message);
  return error;
}

describe('the log of recorded decoding', () => {
  test('is read as it was written', async () => {
    await write(into('whole.gz'), ['a', 'b', 'c']);
    const log = await readLog(into('whole.gz'));
    assert.deepEqual(log.header, header);
    assert.deepEqual(log.records, ['a', 'b', 'c'].map(record));
    assert.ok(!existsSync(into('whole.gz.part')));
  });

  test('goes on where a run was ended, in the middle of a line too', async () => {
    const file = into('resumed.gz');
    await write(file, ['a', 'b'], false);
    assert.ok(!existsSync(file));
    const text = readFileSync(`${file}.part`, 'utf8');
    writeFileSync(`${file}.part`, text.slice(0, -20));
    const writer = await LogWriter.open(file, header);
    assert.deepEqual([...writer.done], ['a']);
    for (const id of ['b', 'c']) await writer.write(record(id));
    await writer.finish();
    assert.deepEqual((await readLog(file)).records, ['a', 'b', 'c'].map(record));
  });

  test('begins anew where not even the first line was written', async () => {
    const file = into('cut.gz');
    for (const part of ['', JSON.stringify(header).slice(0, 30)]) {
      writeFileSync(`${file}.part`, part);
      await write(file, ['a']);
      assert.deepEqual(await readLog(file), { header, records: [record('a')] });
    }
  });

  test('does not go on with another model or other drafts', async () => {
    const file = into('other.gz');
    await write(file, ['a'], false);
    for (const other of [toyHeader(['suffix']), { ...header, model: 'another' }]) {
      const error = await complaint(`${file}.part`, LogWriter.open(file, other));
      assert.equal(error.reason, 'log-other');
    }
    assert.equal((await LogWriter.open(file, header)).done.size, 1);
  });

  test('does not go on from what is no log, and leaves that alone', async () => {
    const file = into('strange.gz');
    writeFileSync(`${file}.part`, 'shopping list\nmilk\n');
    const error = await complaint(`${file}.part`, LogWriter.open(file, header));
    assert.equal(error.reason, 'log-broken');
    assert.match(error.message, /Line 1 .* Remove it to begin anew\.$/);
    assert.equal(readFileSync(`${file}.part`, 'utf8'), 'shopping list\nmilk\n');
  });

  test('says so where it cannot be written', async () => {
    const file = path.join(folder, 'nowhere', 'log.gz');
    const error = await complaint(`${file}.part`, LogWriter.open(file, header));
    assert.equal(error.reason, 'log-unwritable');
  });

  test('keeps no text: numbers and names only', async () => {
    await write(into('numbers.gz'), ['a']);
    const lines = gunzipSync(readFileSync(into('numbers.gz')))
      .toString()
      .trim()
      .split('\n');
    const { ids, ...line } = JSON.parse(lines[1]!) as Record<string, unknown>;
    assert.equal(ids, undefined);
    const texts = Object.entries(line).filter(([, value]) => typeof value === 'string');
    assert.deepEqual(
      texts.map(([name]) => name),
      ['id', 'group', 'language', 'task', 'class'],
    );
  });
});

describe('a file that is no log', () => {
  const reasons: Readonly<Record<string, () => readonly [string, string]>> = {
    'is not there': () => [into('missing.gz'), 'log-unreadable'],
    'is not compressed': () => {
      writeFileSync(into('plain.gz'), JSON.stringify(header));
      return [into('plain.gz'), 'log-unreadable'];
    },
    'is cut off': () => {
      const whole = gzipSync(`${JSON.stringify(header)}\n${JSON.stringify(record('a'))}\n`);
      writeFileSync(into('short.gz'), whole.subarray(0, whole.length - 30));
      return [into('short.gz'), 'log-unreadable'];
    },
    'is of another version': () => [fileOf('newer.gz', { ...header, version: 99 }), 'log-version'],
    'is of another version that says other things': () => [
      fileOf('newest.gz', { format: header.format, version: LOG_VERSION + 1, everything: 'new' }),
      'log-version',
    ],
    'holds no request': () => [fileOf('none.gz', header), 'log-empty'],
    'holds nothing': () => [fileOf('nothing.gz'), 'log-empty'],
    'holds something else': () => [fileOf('else.gz', { hello: 'world' }), 'log-broken'],
    'holds a line that is no JSON': () => [fileOf('line.gz', header, record('a'), '{"id":'), 'log-broken'],
    'holds a request without its path': () => [
      fileOf('pathless.gz', header, { ...record('a'), kinds: [] }),
      'log-broken',
    ],
    'holds columns of another length': () => {
      const { arms, ...rest } = record('a');
      const suffix = { ...arms.suffix!, right: arms.suffix!.right.slice(1) };
      return [fileOf('columns.gz', header, { ...rest, arms: { ...arms, suffix } }), 'log-broken'];
    },
    'holds costs that are no numbers': () => [
      fileOf('costs.gz', { ...header, costs: { ...header.costs, drafts: { small: { token: 'fast' } } } }),
      'log-broken',
    ],
  };
  for (const [what, make] of Object.entries(reasons)) {
    test(`is refused where it ${what}`, async () => {
      const [file, reason] = make();
      assert.equal((await complaint(file, readLog(file))).reason, reason);
    });
  }

  test('is named by the line that is wrong', async () => {
    const file = fileOf('third.gz', header, record('a'), { ...record('b'), promptLength: -1 });
    const { message } = await complaint(file, readLog(file));
    assert.match(message, /^Line 3 of .*promptLength/);
  });
});

describe('several logs', () => {
  test('are read as one, in order', async () => {
    await write(into('one.gz'), ['a', 'b']);
    await write(into('two.gz'), ['c']);
    const { records } = await readLogs([into('two.gz'), into('one.gz')]);
    assert.deepEqual(
      records.map(({ id }) => id),
      ['c', 'a', 'b'],
    );
  });

  test('of different recordings are refused', async () => {
    await write(into('mine.gz'), ['a']);
    const other = fileOf('theirs.gz', { ...header, model: 'another' }, record('b'));
    const error = await complaint(other, readLogs([into('mine.gz'), other]));
    assert.equal(error.reason, 'logs-differ');
  });
});
