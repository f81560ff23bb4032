import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';
import { type Figures, type Measured, profileOf, type Question, socketOf } from './hostProbe.ts';

/** Figures from inside the processes of an editor, which has nothing of this in what it runs. */
export interface Probe {
  /** To be added to the environment in which the editor is started. */
  readonly environment: Readonly<Record<string, string>>;
  ask(process: Measured, question: Question): Promise<Figures>;
  /** Keeps the last profile of a process, for Chromium's developer tools. */
  keepProfile(process: Measured, file: string): void;
  remove(): void;
}

/** Makes the program that is loaded into the editor's processes. */
export async function makeProbe(): Promise<Probe> {
  const folder = mkdtempSync(path.join(tmpdir(), 'slipstream-probe-'));
  const program = path.join(folder, 'hostProbe.cjs');
  await build({
    entryPoints: [path.join(import.meta.dirname, 'hostProbe.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
  });
  return {
    environment: { NODE_OPTIONS: `--require ${JSON.stringify(program)}`, SLIPSTREAM_PROBE: folder },
    async ask(process, question) {
      const socket = connect(socketOf(folder, process));
      socket.write(question);
      return JSON.parse(await text(socket)) as Figures;
    },
    keepProfile: (process, file) => copyFileSync(profileOf(folder, process), file),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
