import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { z } from 'zod';
import { build, commandLine, program } from '../fakes/commandLine.ts';
import { root } from '../toy/bundled.ts';

/** The command line as a user meets it: a process, its two outputs and its exit status. */

const smallModel = path.join(root, 'test/fixtures/models/gqa');

let folder: string;
let home: string;
before(() => {
  build();
  folder = mkdtempSync(path.join(os.tmpdir(), 'slipstream-cli-'));
  home = path.join(folder, 'home');
  mkdirSync(home);
});
after(() => rmSync(folder, { recursive: true }));

/** The small model, where a test names none: it is there in a moment. */
const environment = () => ({
  PATH: process.env.PATH,
  HOME: home,
  USERPROFILE: home,
  SLIPSTREAM_MODEL: 'tiny',
});

function slipstream(...args: string[]) {
  return commandLine(args, { cwd: folder, env: environment() });
}

function fileOf(name: string, content: string | Uint8Array): string {
  writeFileSync(path.join(folder, name), content);
  return name;
}

/** Complete with the small model, which loads at once. */
const completeSmall = (file: string, line: number, column: number, ...more: string[]) =>
  slipstream(
    'complete',
    file,
    '--line',
    `${line}`,
    '--column',
    `${column}`,
    '--max-tokens',
    '4',
    '--model',
    smallModel,
    ...more,
  );

/** The one line that a failure prints, after the program's name. */
function complaint({ status, stdout, stderr }: ReturnType<typeof slipstream>): string {
  assert.ok(status !== 0 && status !== null, `exit status ${status}`);
  assert.equal(stdout, '');
  assert.ok(!/^\s+at /m.test(stderr), `a stack trace: ${stderr}`);
  const lines = stderr
    .trim()
    .split('\n')
    .filter((line) => !line.includes('is left out'));
  assert.equal(lines.length, 1, stderr);
  assert.match(lines[0]!, /^slipstream: /);
  assert.match(lines[0]!, /\.$/);
  return lines[0]!.slice('slipstream: '.length);
}

const report = z.strictObject({
  text: z.string(),
  finish: z.enum(['stop', 'line', 'length', 'cancelled']),
  tokens: z.number().int(),
  rounds: z.number().int(),
  drafted: z.number().int(),
  accepted: z.number().int(),
  millis: z.strictObject({ load: z.number(), prefill: z.number(), decode: z.number() }),
  drafts: z.record(
    z.string(),
    z.strictObject({ rounds: z.number().int(), drafted: z.number().int(), accepted: z.number().int() }),
  ),
  model: z.string(),
});

describe('the command line', () => {
  test('tells its version and shows how it is used', () => {
    const manifest = z
      .object({ version: z.string() })
      .parse(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')));
    assert.deepEqual(slipstream('--version'), { status: 0, stdout: `${manifest.version}\n`, stderr: '' });
    const help = slipstream('--help');
    assert.equal(help.status, 0);
    for (const word of ['complete', 'bench', 'doctor', 'Examples:'])
      assert.ok(help.stdout.includes(word), word);
    for (const command of ['complete', 'bench', 'doctor']) {
      const { status, stdout } = slipstream(command, '--help');
      assert.equal(status, 0);
      assert.match(stdout, new RegExp(`^Usage: slipstream ${command}`));
    }
  });

  test('says what is wrong with its arguments', () => {
    const file = fileOf('args.ts', 'const a = 1;\n');
    const cases: readonly [readonly string[], RegExp][] = [
      [['nonsense'], /unknown command 'nonsense'/],
      [['complete'], /missing required argument 'file'|required option/],
      [['complete', file, '--column', '1'], /required option '--line <n>'/],
      [['complete', file, '--line', '0', '--column', '1'], /'--line <n>' argument '0' is invalid.*from 1 up/],
      [['complete', file, '--line', '1', '--column', 'x'], /'--column <n>' argument 'x' is invalid/],
      [
        ['complete', file, '--line', '1', '--column', '1', '--max-tokens', '0'],
        /'--max-tokens <n>' argument '0'/,
      ],
      [['complete', file, '--line', '1', '--column', '1', '--strange'], /unknown option '--strange'/],
    ];
    for (const [args, message] of cases) {
      const { status, stdout, stderr } = slipstream(...args);
      assert.equal(status, 1, args.join(' '));
      assert.equal(stdout, '');
      assert.match(stderr, message);
      assert.match(stderr, /^slipstream: /);
      assert.match(stderr, /slipstream --help/);
      assert.ok(!/^\s+at /m.test(stderr));
    }
    assert.equal(slipstream().status, 1);
  });

  test('completes a real file with the bundled models, the same with every draft', () => {
    const file = path.join(root, 'src/engine/output.ts');
    const args = ['complete', file, '--line', '60', '--column', '3', '--max-tokens', '24'];
    const plain = report.parse(JSON.parse(slipstream(...args, '--draft', 'none', '--json').stdout));
    assert.equal(plain.model, 'tiny');
    assert.equal(plain.drafted, 0);
    assert.equal(plain.rounds, plain.tokens + (plain.finish === 'stop' ? 1 : 0));
    assert.deepEqual(plain.drafts, {});
    for (const draft of ['policy', 'suffix', 'ngram']) {
      const { status, stdout, stderr } = slipstream(...args, '--draft', draft, '--json');
      assert.deepEqual([status, stderr], [0, '']);
      const drafted = report.parse(JSON.parse(stdout));
      assert.deepEqual(
        [drafted.text, drafted.finish, drafted.tokens],
        [plain.text, plain.finish, plain.tokens],
        draft,
      );
    }
    const streamed = slipstream(...args);
    assert.deepEqual(streamed, { status: 0, stdout: `${plain.text}\n`, stderr: '' });
  });

  test('ends at the line end when it is asked to', () => {
    const lines = ['const first = 1;', 'const second = 2;', 'const third = 3;', 'const fourth'];
    const file = fileOf('line.js', lines.join('\n'));
    const { stdout } = slipstream(
      'complete',
      file,
      '--line',
      '4',
      '--column',
      '13',
      '--single-line',
      '--json',
    );
    const { text, finish } = report.parse(JSON.parse(stdout));
    assert.equal(finish, 'line');
    assert.match(text, /^ = .*;$/);
  });

  test('describes itself and its health', () => {
    const { status, stdout } = slipstream('doctor', '--model', smallModel, '--json');
    assert.equal(status, 0);
    const doctor = z
      .object({
        versions: z.record(z.string(), z.string()),
        drafts: z.array(z.object({ id: z.string() })),
        selfTest: z.object({ passed: z.boolean(), rowMultiple: z.number() }),
        executionProvider: z.literal('cpu'),
        threads: z.object({ asked: z.literal(0), used: z.union([z.number(), z.string()]) }),
        costs: z.object({
          target: z.object({ widths: z.array(z.number()), millis: z.array(z.array(z.number())) }),
        }),
        bound: z.object({
          readGBps: z.number().positive(),
          gigaProducts: z.number().positive(),
          millis: z.array(z.number().positive()),
          over: z.array(z.array(z.number().positive())),
        }),
        worth: z.array(z.object({ id: z.string(), pays: z.boolean(), because: z.string() })),
        memory: z.record(z.string(), z.number().positive()),
        index: z.object({ bytes: z.number().positive(), tokens: z.number().positive() }),
        advice: z.array(z.string()),
      })
      .parse(JSON.parse(stdout));
    assert.equal(doctor.costs.target.millis.length, 3);
    const { millis: least, over } = doctor.bound;
    assert.equal(least.length, doctor.costs.target.widths.length);
    for (const [i, row] of doctor.costs.target.millis.entries())
      for (const [j, millis] of row.entries()) assert.ok(Math.abs(over[i]![j]! * least[j]! - millis) < 1e-6);
    assert.ok(doctor.worth.some(({ id, pays }) => id === 'suffix' && pays));
    assert.deepEqual(doctor.drafts.map(({ id }) => id).slice(0, 2), ['lookup', 'suffix']);
    assert.ok(doctor.selfTest.passed);
    assert.ok(
      Object.values(doctor.versions).every((version) => /^\d+\.\d+\.\d+/.test(version)),
      stdout,
    );
    const { stdout: printed } = slipstream('doctor', '--model', smallModel);
    assert.match(printed, /self-test +passed/);
    assert.match(printed, /bound of +\d+ MB of weights over \d+ GB\/s/);
  });

  test('leaves measured times and no other trace in the home folder', () => {
    slipstream('doctor');
    const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    assert.deepEqual(files.map(({ name }) => name).sort(), ['checked.json', 'costs.json']);
  });
});

describe('files of every kind', () => {
  test('an empty file, a file with CRLF and one with a byte order mark work', () => {
    for (const [name, content, line, column] of [
      ['empty.ts', '', 1, 1],
      ['crlf.ts', 'let a;\r\nlet b\r\n', 2, 6],
      ['mark.ts', '\ufefflet a', 1, 6],
    ] as const) {
      const { status, stderr } = completeSmall(fileOf(name, content), line, column);
      assert.equal(status, 0, `${name}: ${stderr}`);
    }
  });

  test('invalid UTF-8 works, with a notice', () => {
    const { status, stderr } = completeSmall(
      fileOf('latin.py', Buffer.from('# \xe9t\xe9\nx = ', 'latin1')),
      2,
      5,
    );
    assert.equal(status, 0);
    assert.match(stderr, /latin\.py is not valid UTF-8/);
  });

  test('a file of 20 MB works, of many lines and of one', () => {
    const lines = 'const value = compute(1, "two");\n';
    const { status } = completeSmall(fileOf('large.js', lines.repeat(20e6 / lines.length)), 500_000, 7);
    assert.equal(status, 0);
    assert.equal(completeSmall(fileOf('wide.js', 'var a=1;'.repeat(2.5e6)), 1, 15_000_000).status, 0);
    assert.equal(completeSmall('wide.js', 1, 1).status, 0);
  });

  test('what cannot be completed is refused in a sentence that says what to do', () => {
    const text = fileOf('text.ts', 'one\ntwo\n');
    const cases: readonly [readonly [string, number, number], string][] = [
      [
        [fileOf('program.bin', Uint8Array.of(127, 69, 76, 70, 0, 0)), 1, 1],
        'program.bin is a binary file. Name a text file.',
      ],
      [['nowhere.ts', 1, 1], 'There is no file nowhere.ts. Name one that exists.'],
      [['.', 1, 1], '. is a folder. Name a text file.'],
      [[text, 9, 1], 'text.ts has no line 9: choose one from 1 to 3.'],
      [[text, 2, 9], 'Line 2 of text.ts has no column 9: choose one from 1 to 4.'],
    ];
    for (const [[file, line, column], message] of cases) {
      assert.equal(complaint(completeSmall(file, line, column)), message);
    }
  });
});

describe('models of every kind', () => {
  /** The failure of a copy of the small model after `harm` has been done to it. */
  function failureOf(name: string, harm: (copy: string) => void): string {
    const copy = path.join(folder, name);
    cpSync(smallModel, copy, { recursive: true });
    harm(copy);
    const file = fileOf('model.ts', 'let a');
    return complaint(slipstream('complete', file, '--line', '1', '--column', '6', '--model', copy));
  }

  test('an unknown draft is answered with those that there are', () => {
    const message = complaint(completeSmall(fileOf('draft.ts', 'let a'), 1, 6, '--draft', 'psychic'));
    assert.match(message, /^There is no draft «psychic»\. Choose among: .*\bnone, .*\blookup, suffix\b/);
  });

  test('a folder that is not there is named', () => {
    const message = complaint(
      slipstream('complete', fileOf('a.ts', ''), '--line', '1', '--column', '1', '--model', 'gone'),
    );
    assert.match(message, /^There is no model folder .*gone\. Name/);
  });

  test('a missing part is named', () => {
    for (const part of ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'onnx/model_q8.onnx']) {
      const message = failureOf(`without-${path.basename(part)}`, (copy) => rmSync(path.join(copy, part)));
      const name = part.startsWith('onnx') ? 'onnx/model*.onnx' : part;
      assert.ok(message.includes(`has no ${name}.`), message);
      assert.match(message, /Copy the whole model/);
    }
  });

  test('a part that is cut short, empty or something else is named', () => {
    const harms: readonly [string, (file: string) => void][] = [
      ['short', (file) => truncateSync(file, 300)],
      ['empty', (file) => truncateSync(file, 0)],
      ['other', (file) => writeFileSync(file, 'something else')],
    ];
    for (const part of ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'onnx/model_q8.onnx']) {
      for (const [kind, harm] of harms) {
        const message = failureOf(`${kind}-${path.basename(part)}`, (copy) => harm(path.join(copy, part)));
        assert.ok(message.includes(path.basename(part)), message);
        assert.match(message, /copy/);
        assert.ok(message.length < 300, `too long to read: ${message}`);
      }
    }
    const noisy = failureOf('noisy', (copy) => appendFileSync(path.join(copy, 'tokenizer.json'), '}'));
    assert.match(noisy, /tokenizer\.json cannot be used/);
  });

  test('a stack is shown when it is asked for, and only then', () => {
    const args = ['complete', fileOf('b.ts', ''), '--line', '1', '--column', '1', '--model', 'gone'];
    complaint(slipstream(...args));
    const { status, stderr } = slipstream('--verbose', ...args);
    assert.equal(status, 1);
    assert.match(stderr, /^\s+at /m);
  });
});

describe('an interrupted completion', () => {
  const source = Array.from({ length: 12 }, (_, i) => `const value${i} = compute(${i});\n`).join('');

  /** Run until the first text comes, then do `then`; the outputs and how the process ended. */
  async function interrupted(args: readonly string[], then: (child: ReturnType<typeof spawn>) => void) {
    const child = spawn(process.execPath, [program, ...args], { cwd: folder, env: environment() });
    let stdout = '';
    let stderr = '';
    let first = true;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (first) then(child);
      first = false;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const [status, signal] = await new Promise<[number | null, string | null]>((resolve) => {
      child.on('close', (code, name) => resolve([code, name]));
    });
    return { status, signal, stdout, stderr };
  }

  const args = () => {
    const file = fileOf('long.js', source);
    return [
      'complete',
      file,
      '--line',
      '13',
      '--column',
      '1',
      '--max-tokens',
      '200',
      '--draft',
      'none',
      '--raw',
    ];
  };

  test('keeps what it has written and ends as interrupted programs do', async () => {
    const whole = slipstream(...args());
    const { status, stdout, stderr } = await interrupted(args(), (child) => child.kill('SIGINT'));
    assert.deepEqual([status, stderr], [130, '']);
    assert.ok(stdout.length < whole.stdout.length);
    assert.ok(whole.stdout.startsWith(stdout.trimEnd()));
  });

  test('ends quietly when nobody reads any more', async () => {
    const { status, stderr } = await interrupted(args(), (child) => child.stdout?.destroy());
    assert.deepEqual([status, stderr], [1, '']);
  });
});

describe('raw text on the command line', () => {
  /** The small model writes what its few weights say; what is printed is decided by the logic of suggestions. */
  const loops = `${'const again = again;\n'.repeat(40)}const again`;
  const at = (file: string, text: string, ...more: string[]) => {
    const lines = text.split(/\r\n?|\n/);
    const column = `${lines.at(-1)!.length + 1}`;
    return slipstream(
      'complete',
      fileOf(file, text),
      '--line',
      `${lines.length}`,
      '--column',
      column,
      ...more,
    );
  };

  test('what is printed is what the editor would insert; --raw prints the model’s own text', () => {
    const shown = at('loops.ts', loops, '--max-tokens', '120');
    const raw = at('loops.ts', loops, '--max-tokens', '120', '--raw');
    assert.deepEqual([shown.status, raw.status, raw.stderr], [0, 0, '']);
    assert.ok(raw.stdout.split('again = again').length > 4, `the model loops: ${raw.stdout}`);
    assert.ok(shown.stdout.split('again = again').length <= 2, `the loop is cut: ${shown.stdout}`);
    const json = (...more: string[]) =>
      report.parse(JSON.parse(at('loops.ts', loops, '--max-tokens', '120', '--json', ...more).stdout)).text;
    assert.equal(`${json()}\n`, shown.stdout);
    assert.equal(`${json('--raw')}\n`, raw.stdout);
  });

  test('where nothing is offered, a notice says why and how to see it all the same', () => {
    // The small model writes characters that are none.
    const args = [
      'complete',
      fileOf('odd.ts', 'const a = 1;\nconst b = \n'),
      '--line',
      '2',
      '--column',
      '11',
    ];
    const { status, stdout, stderr } = slipstream(...args, '--model', smallModel);
    assert.deepEqual([status, stdout], [0, '\n']);
    assert.match(
      stderr,
      /^slipstream: What the model wrote is not offered \(broken-characters\)\. --raw prints it all the same\.$/m,
    );
    assert.ok(slipstream(...args, '--model', smallModel, '--raw').stdout.length > 10);
  });
});

describe('line endings', () => {
  const text = [
    'public class Totals {',
    '  private final int[] counts = new int[8];',
    '',
    '  public int sum() {',
    '    int total = 0;',
    '    for (int i = 0; i < counts.length; i++) {',
    '      total += counts[i];',
    '    }',
    '    return total;',
    '  }',
    '',
    '  public int most() {',
    '    int most = 0;',
    '    for (int i = 0; i < counts.length; i++) {',
    '',
    '    }',
    '    return most;',
    '  }',
    '}',
    '',
  ];
  const completed = (end: string, line: number, ...more: string[]) => {
    const file = fileOf('Totals.java', text.join(end));
    const column = `${text[line - 1]!.length + 1}`;
    return slipstream(
      'complete',
      file,
      '--line',
      `${line}`,
      '--column',
      column,
      '--max-tokens',
      '40',
      ...more,
    );
  };

  test('a file with CRLF or CR is completed as one with LF, and what is printed has the ends of the file', () => {
    for (const line of [5, 9, 13, 14]) {
      const plain = completed('\n', line);
      assert.equal(plain.status, 0, plain.stderr);
      const raw = completed('\n', line, '--raw').stdout;
      for (const end of ['\r\n', '\r']) {
        const other = completed(end, line);
        // The last line end is the terminal's.
        assert.equal(
          other.stdout.slice(0, -1),
          plain.stdout.slice(0, -1).replaceAll('\n', end),
          `${JSON.stringify(end)} ${line}`,
        );
        assert.equal(completed(end, line, '--raw').stdout, raw);
      }
    }
  });
});

describe('secret files', () => {
  test('a file that holds secrets by its name is not completed', () => {
    for (const name of ['prod.env', 'secrets.yml', 'Service-Account.json', 'prod.env.bak']) {
      const message = complaint(completeSmall(fileOf(name, 'KEY=1\nB='), 2, 3));
      assert.equal(
        message,
        `${name} holds secrets by its name, so it is neither read nor completed. Name another file.`,
      );
    }
  });

  test('a key in the file itself is copied by nobody', () => {
    const key = 'sk_live_51H8abcDEFghiJKLmnoPQR';
    const source = `STRIPE_SECRET_KEY=${key}\necho $STRIPE_SECRET_KEY\n`.repeat(6);
    for (const more of [[], ['--raw'], ['--memory', 'on'], ['--draft', 'suffix', '--raw']]) {
      const { status, stdout } = slipstream(
        ...[
          'complete',
          fileOf('run.sh', `${source}STRIPE_SECRET_KEY=`),
          '--line',
          '13',
          '--column',
          '19',
          ...more,
        ],
      );
      assert.equal(status, 0);
      assert.ok(!stdout.includes('sk_live') && !stdout.includes(key.slice(8)), stdout);
    }
  });
});
