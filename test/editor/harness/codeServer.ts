import { execFile } from 'node:child_process';
import { access, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { repository } from './paths.ts';

/**
 * A real VS Code from the npm registry: `code-server` carries the workbench, the editor and the extension host,
 * so the editor tests need no other download server. It is put into a cache folder once, outside `npm install`:
 * who only completes in a terminal never pays for it.
 */

const CODE_SERVER = '4.117.0';
const NODE_MAJOR = '22';
const MARKER = 'installed.json';

export interface CodeServer {
  /** The Node that this code-server is made for. */
  readonly node: string;
  /** Its entry script. */
  readonly entry: string;
}

function cacheFolder(): string {
  return path.resolve(
    process.env.SLIPSTREAM_CODE_SERVER ?? path.join(repository, '.vscode-test', 'code-server'),
  );
}

/** Installs code-server where it is missing or incomplete, and says on `log` what it does. */
export async function ensureCodeServer(log: (line: string) => void): Promise<CodeServer> {
  const folder = cacheFolder();
  if (await isInstalled(folder)) return located(folder);

  const started = Date.now();
  log(`installing code-server ${CODE_SERVER} and Node ${NODE_MAJOR} into ${folder} (once, about 800 MB) ...`);
  await removeLeftovers(folder);
  // Everything happens beside the final place and is moved there when it runs: an install that was broken off
  // is never taken for a whole one, and two test runs at the same time do not write into each other.
  const partial = `${folder}.partial-${process.pid}`;
  try {
    await install(partial, log);
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  log(`code-server is installed: ${((Date.now() - started) / 1000).toFixed(0)} s`);
  return located(folder);
}

async function install(folder: string, log: (line: string) => void): Promise<void> {
  const nodeFolder = path.join(folder, 'node');
  const serverFolder = path.join(folder, 'server');
  await emptyPackage(nodeFolder);
  await emptyPackage(serverFolder);

  // The platform's package by name: `node` itself would fetch the same one from an install script.
  await npmInstall(nodeFolder, [`${nodePackage()}@${NODE_MAJOR}`], log);
  // No install scripts: code-server's own one stops as root and wants a compiler for parts that no test uses.
  // What it would have done is written out here.
  await npmInstall(serverFolder, [`code-server@${CODE_SERVER}`], log);
  const vscode = path.join(serverFolder, 'node_modules', 'code-server', 'lib', 'vscode');
  await npmInstall(vscode, ['--omit=dev'], log);
  await npmInstall(path.join(vscode, 'extensions'), ['--omit=dev'], log);
  await rm(path.join(vscode, 'node_modules.asar'), { recursive: true, force: true });
  await symlink('node_modules', path.join(vscode, 'node_modules.asar'));

  const { node, entry } = located(folder);
  // A home of its own: even `--version` writes a configuration file.
  const environment = { ...quietEnvironment(), HOME: folder, XDG_CONFIG_HOME: path.join(folder, 'config') };
  const { stdout } = await promisify(execFile)(node, [entry, '--version'], { env: environment });
  if (!stdout.includes(`${CODE_SERVER} `))
    throw new Error(`code-server answers "${stdout.trim()}" for --version`);
  await writeFile(path.join(folder, MARKER), JSON.stringify(wanted()));
}

function wanted(): { codeServer: string; node: string; platform: string } {
  return { codeServer: CODE_SERVER, node: NODE_MAJOR, platform: `${process.platform}-${process.arch}` };
}

async function isInstalled(folder: string): Promise<boolean> {
  try {
    const marker = await readFile(path.join(folder, MARKER), 'utf8');
    if (marker !== JSON.stringify(wanted())) return false;
    const { node, entry } = located(folder);
    await Promise.all([access(node), access(entry)]);
    return true;
  } catch {
    return false;
  }
}

function located(folder: string): CodeServer {
  return {
    node: path.join(folder, 'node', 'node_modules', nodePackage(), 'bin', 'node'),
    entry: path.join(folder, 'server', 'node_modules', 'code-server', 'out', 'node', 'entry.js'),
  };
}

function nodePackage(): string {
  const platform = `${process.platform}-${process.arch}`;
  return platform === 'darwin-arm64' ? `node-bin-${platform}` : `node-${platform}`;
}

async function emptyPackage(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), '{ "private": true }\n');
}

async function npmInstall(
  folder: string,
  what: readonly string[],
  log: (line: string) => void,
): Promise<void> {
  const started = Date.now();
  const name = what.find((argument) => !argument.startsWith('-')) ?? `what ${path.basename(folder)} needs`;
  try {
    await promisify(execFile)(
      'npm',
      ['install', '--ignore-scripts', '--no-save', '--no-audit', '--no-fund', '--loglevel=error', ...what],
      { cwd: folder, maxBuffer: 1 << 26, timeout: 10 * 60_000 },
    );
  } catch (error) {
    const output = (error as { stderr?: string }).stderr ?? '';
    throw new Error(`npm could not install ${name} for the editor tests:\n${output.trim() || String(error)}`);
  }
  log(`  ${name}: ${((Date.now() - started) / 1000).toFixed(0)} s`);
}

/** Partial installs of processes that are gone. */
async function removeLeftovers(folder: string): Promise<void> {
  const parent = path.dirname(folder);
  await mkdir(parent, { recursive: true });
  for (const name of await readdir(parent)) {
    const pid = /^\.partial-(\d+)$/.exec(name.slice(path.basename(folder).length))?.[1];
    if (pid === undefined || !name.startsWith(path.basename(folder)) || isAlive(Number(pid))) continue;
    await rm(path.join(parent, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The environment without what belongs to an editor or a test runner that this process may run inside. */
export function quietEnvironment(): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (/^(VSCODE_|ELECTRON_|NODE_OPTIONS$|NODE_TEST_CONTEXT$|CODE_SERVER_|npm_)/.test(name)) continue;
    environment[name] = value;
  }
  return environment;
}
