import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import * as z from 'zod';
import { UserError } from '../../errors.ts';
import { loadOnnxRuntime, runtimeError } from '../../runtime/onnx.ts';

/** A library that hangs while it is loaded is no better than one that is missing; milliseconds. */
const PATIENCE = 30_000;

/** Loads a module and says what it threw; run in a process of its own, which a broken library may take with it. */
const SCRIPT = `
process.env.ORT_DISABLE_TELEMETRY = '1';
try { require(process.argv[1]); }
catch (error) { process.stdout.write(JSON.stringify({ message: String(error.message), code: error.code })); }`;
const thrown = z.object({ message: z.string(), code: z.string().optional() });

/**
 * Whether the native library can be loaded here; sentences that say what is wrong, none where nothing is. It is loaded into
 * another process first: one that is damaged can end the process instead of failing.
 */
export async function probeRuntime(): Promise<string[]> {
  try {
    const { output, end } = await loadElsewhere(resolveRuntime());
    if (end) {
      return [
        `The native library of ONNX Runtime, which runs the model, ends the program that loads it (${end}): it is damaged or does not fit this machine. Install the extension again.`,
      ];
    }
    if (output !== '') {
      const { message, code } = thrown.parse(JSON.parse(output));
      throw runtimeError(Object.assign(new Error(message), { code }));
    }
    await loadOnnxRuntime();
    return [];
  } catch (error) {
    return [error instanceof UserError ? error.message : runtimeError(error).message];
  }
}

function resolveRuntime(): string {
  return createRequire(__filename).resolve('onnxruntime-node');
}

function loadElsewhere(file: string): Promise<{ output: string; end: string | undefined }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['-e', SCRIPT, file], { timeout: PATIENCE }, (error, output) => {
      const end = error && (error.signal ?? `exit status ${error.code}`);
      resolve({ output, end: end ? String(end) : undefined });
    });
  });
}
