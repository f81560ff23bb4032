// This folder: hours of random work, for the worker alone or in a real editor, and a server that fails at random for who asks it.

// usage: npm run load -- [--editor] [--minutes 120] [--pause SECONDS] [--seed N] [--out FILE]       (needs `npm run build`)
// With --editor the packed extension is driven in code-server and Chromium (Linux); without, the worker is under its client.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    editor: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '120' },
    pause: { type: 'string', default: '1' },
    seed: { type: 'string' },
    out: { type: 'string' },
  },
});

async function main() {
  const seed = Number(values.seed ?? Date.now() % 2 ** 31);
  const minutes = Number(values.minutes);
  // After each look: a load that is ended before its time has a result too.
  const keep = (result: object) => {
    if (values.out) writeFileSync(values.out, `${JSON.stringify(result, null, 1)}\n`);
  };
  const result = values.editor
    ? await again((begun) => inEditor(minutes, seed, keep, begun))
    : await ofWorker(minutes, seed);
  keep(result);
  console.log(JSON.stringify(result, null, 1));
  if (result.failed > 0 || result.rejections.length > 0) process.exitCode = 1;
}

/** Once more, up to five times, where nothing had been done yet: a start that was stopped for minutes ends in a wait that is over. */
async function again<T>(run: (begun: () => void) => Promise<T>): Promise<T> {
  for (let left = 5; ; left--) {
    let done = false;
    try {
      return await run(() => {
        done = true;
      });
    } catch (error) {
      if (done || left === 0) throw error;
      console.error(`The editor did not open (${String(error).split('\n', 1)[0]}); again.`);
    }
  }
}

async function ofWorker(minutes: number, seed: number) {
  const { loadWorker } = await import('./worker.ts');
  return await loadWorker(minutes * 60_000, seed, 30_000);
}

async function inEditor(minutes: number, seed: number, onLook: (result: object) => void, begun: () => void) {
  const { startServer } = await import('../editor/harness/server.ts');
  const { packedExtension } = await import('../editor/harness/vsix.ts');
  const { Workbench } = await import('../editor/harness/workbench.ts');
  const { filesToEdit, LOAD_SETTINGS, loadEditor } = await import('./editor.ts');
  const { makeProbe } = await import('./probed.ts');
  const probe = await makeProbe();
  const server = await startServer({
    vsix: await packedExtension(),
    extension: probe.folder,
    environment: probe.environment,
    settings: LOAD_SETTINGS,
    log: (line) => console.error(line),
  });
  try {
    const workbench = await Workbench.open(server, filesToEdit());
    try {
      await workbench.statusItem().waitFor({ timeout: 60_000 });
      begun();
      const pauseSeconds = Number(values.pause);
      return await loadEditor({
        server,
        probe,
        workbench,
        minutes,
        seed,
        pauseSeconds,
        lookSeconds: 30,
        onLook,
      });
    } finally {
      await workbench.close();
    }
  } finally {
    await server.stop();
  }
}

void main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
