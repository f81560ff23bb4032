import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { makeTemporary } from '../editor/harness/temporary.ts';
import { root } from '../toy/bundled.ts';
import type { ProbeLine } from './probe.ts';

/** An extension that tells what becomes of the one under test, and the file that it tells it in. */
export interface Probe {
  /** To be put among the editor's extensions. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly file: string;
}

export async function makeProbe(): Promise<Probe> {
  const place = await makeTemporary('probe');
  const folder = path.join(place, 'slipstream-tests.probe-1.0.0');
  await build({
    entryPoints: [path.join(root, 'test/load/probe.ts')],
    outfile: path.join(folder, 'probe.js'),
    ...{
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      external: ['vscode'],
      logLevel: 'warning',
    },
  });
  const manifest = {
    ...{ name: 'probe', publisher: 'slipstream-tests', version: '1.0.0', main: './probe.js' },
    ...{ engines: { vscode: '^1.100.0' }, activationEvents: ['*'], extensionKind: ['workspace'] },
  };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  const file = path.join(place, 'told.jsonl');
  writeFileSync(file, '');
  return { folder, file, environment: { SLIPSTREAM_PROBE: file } };
}

/** What was told so far. */
export function toldBy({ file }: Probe) {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ProbeLine);
  const outcomes: Record<string, number> = {};
  const answers: number[] = [];
  const rejections: string[] = [];
  let ends = 0;
  for (const line of lines) {
    if (line.kind === 'rejection') rejections.push(line.stack);
    else if (line.kind === 'worker') ends += line.state === 'restarting' || line.state === 'failed' ? 1 : 0;
    else {
      outcomes[line.name] = (outcomes[line.name] ?? 0) + 1;
      if (line.name === 'shown:new') answers.push(line.millis);
    }
  }
  return { outcomes, answers, ends, rejections, activated: lines.some(({ kind }) => kind === 'worker') };
}
