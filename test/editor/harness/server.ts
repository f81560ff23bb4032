import { execFile } from 'node:child_process';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { ensureCodeServer, quietEnvironment } from './codeServer.ts';
import { pause, startGroup } from './processes.ts';
import { makeTemporary, removeTemporary } from './temporary.ts';

/** Settings that keep the editor still: no welcome page, no talking home, no panels that open by themselves. */
const QUIET = {
  'workbench.startupEditor': 'none',
  'workbench.editor.useModal': 'off',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'workbench.colorTheme': 'Default Dark Modern',
} as const;

export interface ServerOptions {
  /** A packaged extension to install before the start. */
  readonly vsix?: string;
  /** The folder of a further extension, named as installed ones are. */
  readonly extension?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Added to the environment of the server, and so of the extension host. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
}

export interface Server {
  /** `127.0.0.1:PORT`, the authority of the workbench's remote URLs. */
  readonly authority: string;
  /** A folder for the files of the test, removed with everything else. */
  readonly workspace: string;
  /** The process that all others of this editor come of. */
  readonly pid: number;
  /** Everything that the server wrote. */
  output(): string;
  stop(): Promise<void>;
}

/** Starts a VS Code that shares nothing with the user's: home, settings and extensions are its own and temporary. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { node, entry } = await ensureCodeServer(options.log);
  for (let attempt = 1; ; attempt++) {
    const root = await makeTemporary('editor');
    try {
      return await startIn(root, node, entry, options);
    } catch (error) {
      await removeTemporary(root);
      // code-server gives itself a few seconds for its own parts, which a machine at work may not keep.
      if (attempt === 3 || !String(error).includes('timed out')) throw error;
      options.log(`starting code-server again: ${String(error)}`);
    }
  }
}

async function startIn(root: string, node: string, entry: string, options: ServerOptions): Promise<Server> {
  const home = path.join(root, 'home');
  const workspace = path.join(root, 'workspace');
  const userData = path.join(root, 'data');
  const extensions = path.join(root, 'extensions');
  const config = path.join(root, 'config.yaml');
  await Promise.all(
    [home, workspace, extensions, path.join(userData, 'User')].map((folder) =>
      mkdir(folder, { recursive: true }),
    ),
  );
  await writeFile(config, 'auth: none\ncert: false\n');
  const settings = { ...QUIET, ...options.settings };
  await writeFile(path.join(userData, 'User', 'settings.json'), JSON.stringify(settings, null, 2));

  const env = {
    ...quietEnvironment(),
    HOME: home,
    XDG_CONFIG_HOME: path.join(home, '.config'),
    XDG_DATA_HOME: path.join(home, '.local', 'share'),
    XDG_CACHE_HOME: path.join(home, '.cache'),
    XDG_STATE_HOME: path.join(home, '.local', 'state'),
    // No marketplace: nothing is looked up or installed beside what the test installs.
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
    ...options.environment,
  };
  const places = ['--config', config, '--user-data-dir', userData, '--extensions-dir', extensions];
  const { extension } = options;
  // Before the first start: it takes what lies there into its list.
  if (extension !== undefined)
    await cp(extension, path.join(extensions, path.basename(extension)), { recursive: true });
  if (options.vsix !== undefined) {
    await promisify(execFile)(node, [entry, ...places, '--install-extension', options.vsix], {
      env,
      cwd: root,
    });
  }

  const group = startGroup(
    node,
    [
      entry,
      ...places,
      ...['--bind-addr', '127.0.0.1:0', '--auth', 'none'],
      ...['--disable-telemetry', '--disable-update-check'],
      ...['--disable-workspace-trust', '--disable-getting-started-override'],
    ],
    { env, cwd: root },
  );
  let output = '';
  const keep = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  group.child.stdout?.on('data', keep);
  group.child.stderr?.on('data', keep);

  const stop = async (): Promise<void> => {
    await group.end();
    await removeTemporary(root);
  };
  try {
    const authority = await untilHealthy(
      () => output,
      () => group.child.exitCode,
    );
    return {
      authority,
      workspace,
      pid: group.pid,

      output: () => output,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Port 0 lets the system choose; the server says which one it got, and answers once the workbench can be loaded. */
async function untilHealthy(output: () => string, exitCode: () => number | null): Promise<string> {
  for (const deadline = Date.now() + 120_000; Date.now() < deadline; await pause(100)) {
    if (exitCode() !== null) throw new Error(`code-server ended with ${exitCode()}:\n${output()}`);
    const authority = /listening on https?:\/\/(127\.0\.0\.1:\d+)/.exec(output())?.[1];
    if (authority === undefined) continue;
    const answer = await fetch(`http://${authority}/healthz`).catch(() => undefined);
    if (answer?.ok) return authority;
  }
  throw new Error(`code-server did not become ready within 120 s:\n${output()}`);
}
