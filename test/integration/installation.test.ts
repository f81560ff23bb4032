import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createWorkerClient } from '../../src/worker/client.ts';
import type { WorkerState } from '../../src/worker/worker.ts';
import { root } from '../toy/bundled.ts';

/** The program as it is installed, with one part after the other broken. */

const bin = path.join('node_modules/onnxruntime-node/bin/napi-v6', process.platform, process.arch);
const binding = path.join(bin, 'onnxruntime_binding.node');
const small = path.join(root, 'test/fixtures/models/gqa');

let installed: string;
before(() => {
  if (!existsSync(path.join(root, 'dist/installation.json'))) {
    spawnSync(process.execPath, ['esbuild.js'], { cwd: root });
  }
  installed = mkdtempSync(path.join(os.tmpdir(), 'slipstream-installed-'));
  for (const name of ['dist', ...['target', 'policy', 'memory', 'ngram'].map((each) => `models/${each}`)]) {
    cpSync(path.join(root, name), path.join(installed, name), { recursive: true });
  }
  copyFileSync(path.join(root, 'package.json'), path.join(installed, 'package.json'));
  for (const name of ['node_modules/onnxruntime-node/dist', 'node_modules/onnxruntime-common', bin]) {
    cpSync(path.join(root, name), path.join(installed, name), { recursive: true });
  }
  copyFileSync(
    path.join(root, 'node_modules/onnxruntime-node/package.json'),
    path.join(installed, 'node_modules/onnxruntime-node/package.json'),
  );
  writeFileSync(path.join(installed, 'a.ts'), 'const a = 1;\nconst b = \n');
});
after(() => rmSync(installed, { recursive: true }));

function slipstream(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(installed, 'dist/cli.js'), ...args],
    {
      cwd: installed,
      env: { PATH: process.env.PATH, HOME: path.join(installed, 'home'), SLIPSTREAM_MODEL: 'tiny' },
      encoding: 'utf8',
    },
  );
  return { status, stdout, stderr };
}

const complete = (...more: string[]) =>
  slipstream('complete', 'a.ts', '--line', '2', '--column', '11', '--max-tokens', '2', ...more);

/** Do harm to a file or a folder, look, and put it right again. */
function harmed(name: string, harm: (file: string) => void, look: () => void): void {
  const file = path.join(installed, name);
  const kept = `${file}.kept`;
  cpSync(file, kept, { recursive: true });
  try {
    harm(file);
    look();
  } finally {
    rmSync(file, { recursive: true, force: true });
    renameSync(kept, file);
  }
}

const remove = (file: string) => rmSync(file, { recursive: true });
const random = (file: string) =>
  writeFileSync(file, Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 97) % 251)));
const cutShort = (file: string) => truncateSync(file, Math.floor(readFileSync(file).length / 2));
/** Random bytes in the middle, the size as it was. */
const scratched = (file: string) => {
  const bytes = readFileSync(file);
  for (let i = 0; i < 200; i++) bytes[Math.floor(bytes.length / 2) + i]! ^= 0x55;
  writeFileSync(file, bytes);
};

/** Help and version do not mind; doctor names the part; the sentence is one, and there is no stack. */
function assertNamed(part: RegExp, { stops }: { stops: boolean }): void {
  assert.equal(slipstream('--version').status, 0);
  for (const help of [['--help'], ['doctor', '--help'], ['policy', 'train', '--help']]) {
    const { status, stderr } = slipstream(...help);
    assert.deepEqual([status, stderr], [0, ''], help.join(' '));
  }
  const doctor = slipstream('doctor');
  assert.equal(doctor.status, 1, doctor.stdout);
  const broken = doctor.stdout.split('\n').filter((line) => line.startsWith('broken'));
  assert.equal(broken.length, 1, doctor.stdout);
  assert.match(broken[0]!, part);
  assert.equal(doctor.stderr, '');
  const json = JSON.parse(slipstream('doctor', '--json').stdout) as {
    installation: { problems: string[] }[];
  };
  assert.ok(json.installation.some(({ problems }) => problems.some((problem) => part.test(problem))));
  const { status, stdout, stderr } = complete();
  assert.ok(!/^\s+at /m.test(stderr), stderr);
  assert.equal(status, stops ? 1 : 0, stderr);
  const lines = stderr.trim().split('\n');
  assert.equal(lines.length, 1, stderr);
  assert.match(lines[0]!, /^slipstream: .*\.$/);
  assert.match(lines[0]!, part);
  if (stops) assert.equal(stdout, '');
}

describe('native library missing or unloadable', () => {
  test('a file of it is missing', () => {
    harmed(binding, remove, () => assertNamed(/onnxruntime_binding\.node is missing/, { stops: true }));
    const [library = ''] = readdirSync(path.join(installed, bin)).filter((name) =>
      /^libonnx|^onnxruntime\.dll/.test(name),
    );
    harmed(path.join(bin, library), remove, () => assertNamed(/onnxruntime\S* is missing/, { stops: true }));
  });

  test('a file of it is something else, cut short, or damaged in the middle', () => {
    for (const harm of [random, cutShort, scratched]) {
      harmed(binding, harm, () => assertNamed(/onnxruntime_binding\.node is damaged/, { stops: true }));
    }
  });

  test('the same where the build wrote nothing of it', () => {
    harmed('dist/installation.json', remove, () => {
      harmed(binding, remove, () => assertNamed(/onnxruntime_binding\.node is missing/, { stops: true }));
      harmed(binding, random, () => assertNamed(/cannot be loaded: it is damaged/, { stops: true }));
      harmed('node_modules/onnxruntime-common', remove, () =>
        assertNamed(/onnxruntime-common is missing/, { stops: true }),
      );
      harmed('node_modules', remove, () => assertNamed(/onnxruntime-node is missing/, { stops: true }));
    });
  });

  test('the worker says so at once, and is not started again', async () => {
    const stateWith = async (): Promise<{ states: WorkerState[]; state: WorkerState; millis: number }> => {
      const states: WorkerState[] = [];
      const worker = createWorkerClient({
        modulePath: path.join(installed, 'dist/worker.js'),
        log: () => undefined,
      });
      worker.onDidChangeState((state) => states.push(state));
      const started = Date.now();
      await worker.setup({ model: '', pool: [], policy: 'rule', threads: 1 });
      while (['loading', 'restarting'].includes(worker.state.kind) && Date.now() - started < 20_000) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const { state } = worker;
      worker.dispose();
      return { states, state, millis: Date.now() - started };
    };
    const harms: [string, (file: string) => void][] = [
      [binding, remove],
      [binding, random],
      ['dist/worker.js', remove],
    ];
    for (const [name, harm] of harms) {
      const file = path.join(installed, name);
      const kept = readFileSync(file);
      harm(file);
      const { states, state } = await stateWith();
      writeFileSync(file, kept);
      assert.equal(state.kind, 'failed', name);
      assert.match(
        state.message,
        name === binding ? /onnxruntime_binding\.node is/ : /worker\.js, is missing/,
      );
      assert.match(state.message, /Install the extension again[.,]/);
      assert.ok(
        states.every(({ kind }) => kind !== 'restarting'),
        JSON.stringify(states),
      );
    }
    // A program that ends before it says anything is tried once more, and no longer.
    const program = path.join(installed, 'dist/worker.js');
    const kept = readFileSync(program);
    writeFileSync(program, 'process.exit(3)');
    const { states, state } = await stateWith();
    writeFileSync(program, kept);
    assert.equal(state.kind, 'failed');
    assert.match(state.message, /ended as soon as it was started \(exit status 3\)/);
    assert.equal(states.filter(({ kind }) => kind === 'restarting').length, 1);
  });
});

describe('any part of the installation broken', () => {
  test('programs', () => {
    harmed('dist/worker.js', remove, () => {
      assert.match(slipstream('doctor').stdout, /broken +programs: .*worker\.js is missing/);
    });
    harmed('dist/extension.js', cutShort, () => {
      assert.match(slipstream('doctor').stdout, /broken +programs: .*extension\.js is damaged/);
    });
  });

  test('what belongs to the package but is not needed', () => {
    harmed('package.json', remove, () => {
      assert.equal(slipstream('--version').status, 0);
      assert.equal(slipstream('doctor').status, 0);
    });
  });

  test('models: without the target nothing works, without the others it does, with a notice', () => {
    harmed('models/target', remove, () =>
      assertNamed(/target.*(is missing|no model folder)|no model folder.*target/, { stops: true }),
    );
    for (const file of ['onnx/model_q8.onnx', 'tokenizer.json', 'config.json']) {
      const named = new RegExp(`${path.basename(file).replace('.', '\\.')} is (damaged|missing)`);
      for (const harm of [remove, scratched]) {
        harmed(`models/target/${file}`, harm, () => assertNamed(named, { stops: true }));
      }
    }
    for (const file of ['policy/policy.json', 'memory/memory.json', 'ngram/table.bin']) {
      const named = new RegExp(`${path.basename(file).replace('.', '\\.')} is damaged`);
      harmed(`models/${file}`, scratched, () => assertNamed(named, { stops: false }));
    }
  });
});

describe('what could not be done', () => {
  test('a policy that the user named is missing, no policy, or a folder: the exit status says so', () => {
    writeFileSync(path.join(installed, 'not.json'), 'not json');
    writeFileSync(path.join(installed, 'other.json'), '{}');
    for (const [name, why] of [
      ['nope.json', /nope\.json cannot be .*not there/],
      ['not.json', /not\.json/],
      ['other.json', /other\.json/],
      ['models', /models cannot be .*folder/],
    ] as const) {
      const { status, stdout, stderr } = complete('--policy-file', name, '--model', small);
      assert.equal(status, 1, name);
      assert.equal(stdout, '');
      assert.match(stderr, /^slipstream: [^\n]*\.\n$/);
      assert.match(stderr, why);
    }
  });

  test('the memory that the user asked for cannot be used', () => {
    harmed('models/memory/memory.json', scratched, () => {
      const { status, stderr } = complete('--memory', 'on', '--model', small);
      assert.equal(status, 1);
      assert.match(stderr, /memory\.json is damaged/);
      assert.equal(complete('--memory', 'off', '--model', small).status, 0);
    });
  });
});

describe('impossible numbers', () => {
  test('threads beyond the cores are not used, and a notice says so', () => {
    const { status, stdout, stderr } = complete('--threads', '2000');
    assert.equal(status, 0);
    assert.equal(stdout, complete().stdout);
    assert.match(
      stderr,
      /^slipstream: 2000 threads were asked for and this machine runs \d+ at once, so \d+ are used\./,
    );
  });

  test('every number has a range, and only digits are a whole number', () => {
    const numbers: [string, string, string][] = [
      ['--threads', '-1', '0 to 4096'],
      ['--threads', '1e9', '0 to 4096'],
      ['--max-tokens', '0', '1 to 4096'],
      ['--max-tokens', '99999999', '1 to 4096'],
      ['--max-tokens', '0x10', '1 to 4096'],
      ['--line', '0', '1 up'],
      ['--line', '99999999999999999999', '1 up'],
      ['--column', '1.5', '1 up'],
      ['--temperature', '-1', '0 to 100'],
      ['--temperature', 'Infinity', '0 to 100'],
      ['--top-p', '2', '0.001 to 1'],
      ['--seed', 'NaN', '0 up'],
    ];
    for (const [option, value, range] of numbers) {
      const { status, stdout, stderr } = complete(option, value);
      assert.equal(status, 1, `${option} ${value}`);
      assert.equal(stdout, '');
      assert.match(
        stderr,
        new RegExp(`^slipstream: option '${option} .*' argument '${value}' is invalid\\..* from ${range}\\.`),
      );
    }
  });
});

describe('output that fails', () => {
  test('a full device', { skip: !existsSync('/dev/full') }, () => {
    const program = path.join(installed, 'dist/cli.js');
    for (const command of [
      '--help',
      '--version',
      'doctor',
      `complete a.ts --line 2 --column 11 --raw --model ${small}`,
      'doctor --json',
    ]) {
      const { status, stderr } = spawnSync(
        'sh',
        ['-c', `"${process.execPath}" "${program}" ${command} > /dev/full`],
        {
          cwd: installed,
          encoding: 'utf8',
          env: { PATH: process.env.PATH, HOME: path.join(installed, 'home'), SLIPSTREAM_MODEL: 'tiny' },
        },
      );
      assert.equal(status, 1, command);
      assert.equal(
        stderr.replace(/^.* is left out: .*\n/m, ''),
        'slipstream: The output cannot be written: no space is left on the device. Send it elsewhere, or make room.\n',
      );
    }
  });

  test('a limit of memory', { skip: process.platform !== 'linux' }, () => {
    const program = path.join(installed, 'dist/cli.js');
    let failed = 0;
    for (const limit of [900_000, 1_000_000, 1_100_000, 1_200_000, 1_300_000]) {
      const { status, stderr } = spawnSync(
        'sh',
        ['-c', `ulimit -v ${limit}; "${process.execPath}" "${program}" complete a.ts --line 2 --column 11`],
        {
          cwd: installed,
          encoding: 'utf8',
          env: { PATH: process.env.PATH, HOME: path.join(installed, 'home'), SLIPSTREAM_MODEL: 'tiny' },
        },
      );
      if (status === 0) continue;
      failed++;
      assert.equal(status, 1, `${limit}: ${stderr}`);
      // What is left out for the same reason is told before.
      const last = stderr.replace(/^slipstream: (?:Draft|.*The rule).*\n/gm, '');
      assert.match(last, /^slipstream: [^\n]*not enough memory[^\n]*\.\n$/);
    }
    assert.ok(failed > 0);
  });

  test('a model without read permission', { skip: process.getuid?.() !== 0 }, () => {
    const model = path.join(installed, 'mine');
    cpSync(small, model, { recursive: true });
    spawnSync('chmod', ['755', installed]);
    for (const [name, mode] of [
      ['onnx/model_q8.onnx', '000'],
      ['tokenizer.json', '000'],
      ['config.json', '000'],
      ['onnx', '000'],
      ['.', '000'],
    ] as const) {
      spawnSync('chmod', [mode, path.join(model, name)]);
      const { status, stderr } = spawnSync(
        process.execPath,
        [
          path.join(installed, 'dist/cli.js'),
          'complete',
          'a.ts',
          '--line',
          '1',
          '--column',
          '1',
          '--model',
          model,
        ],
        { cwd: installed, encoding: 'utf8', uid: 65534, gid: 65534, env: { HOME: '/nonexistent' } },
      );
      spawnSync('chmod', ['755', path.join(model, name)]);
      assert.equal(status, 1, stderr);
      assert.match(stderr, /^slipstream: [^\n]*cannot be read: permission is denied\.[^\n]*\.\n$/, name);
      assert.ok(!/truncated|download/.test(stderr));
    }
  });

  test('a file to write that cannot be written', () => {
    mkdirSync(path.join(installed, 'taken'));
    for (const [out, why] of [
      ['nowhere/policy.json', 'its folder is not there. Name another file.'],
      ['taken', 'it is a folder. Name a file.'],
    ] as const) {
      const { status, stderr } = slipstream('policy', 'train', 'a.ts', '--out', out);
      assert.deepEqual([status, stderr], [1, `slipstream: ${out} cannot be written: ${why}\n`]);
    }
  });
});

describe('usage errors', () => {
  test('have one form, however deep the command', () => {
    const cases: readonly (readonly [readonly string[], string])[] = [
      [
        ['policy', 'train', 'a.log'],
        "required option '--out <file>' not specified. «slipstream policy train --help» says what it takes, «slipstream --help» what there is.",
      ],
      [
        ['policy', 'train', '--out', 'x'],
        "missing required argument 'logs'. «slipstream policy train --help» says what it takes, «slipstream --help» what there is.",
      ],
      [
        ['policy', 'polish'],
        "unknown command 'polish'. «slipstream policy --help» says what it takes, «slipstream --help» what there is.",
      ],
      [
        ['memory', 'train', '--out', 'x', '--hidden', 'many', 'y'],
        "option '--hidden <n>' argument 'many' is invalid. It takes a whole number from 1 to 256. «slipstream memory train --help» says what it takes, «slipstream --help» what there is.",
      ],
      [
        ['doctor', '--strange'],
        "unknown option '--strange'. «slipstream doctor --help» says what it takes, «slipstream --help» what there is.",
      ],
      [['docto'], "unknown command 'docto'. Did you mean doctor? «slipstream --help» shows what there is."],
      [
        ['complete', 'a.ts', '--memory', 'sometimes'],
        "option '--memory <mode>' argument 'sometimes' is invalid. Allowed choices are auto, on, off. «slipstream complete --help» says what it takes, «slipstream --help» what there is.",
      ],
    ];
    for (const [args, sentence] of cases) {
      assert.deepEqual(slipstream(...args), { status: 1, stdout: '', stderr: `slipstream: ${sentence}\n` });
    }
  });
});
