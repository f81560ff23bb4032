import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..', '..');

/** The bundled command line, built if it is not there. */
export const program = path.join(root, 'dist/cli.js');
export function build(): void {
  if (!existsSync(program)) spawnSync(process.execPath, ['esbuild.js'], { cwd: root });
}

/** What a process came to, as a user meets it. */
export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Run the command line to its end. @param env that of this process without it. */
export function commandLine(
  args: readonly string[],
  { cwd, env = process.env }: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd,
    env,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}
