// Writes dist/installation.json: size and SHA-256 of the programs and of the native library beside them.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * What the CPU runtime loads, for each target. The package brings more: DirectML and the DirectX compiler on
 * Windows (loaded only when a GPU session is made), and on macOS the library a second time under its full version.
 */
export const nativeFiles = {
  'linux-x64': ['onnxruntime_binding.node', 'libonnxruntime.so.1'],
  'linux-arm64': ['onnxruntime_binding.node', 'libonnxruntime.so.1'],
  'darwin-arm64': ['onnxruntime_binding.node', 'libonnxruntime.1.dylib'],
  'win32-x64': ['onnxruntime_binding.node', 'onnxruntime.dll'],
  'win32-arm64': ['onnxruntime_binding.node', 'onnxruntime.dll'],
};

/**
 * @param {string} folder of the installation, which holds `dist` and `node_modules`
 * @param {string} target platform and architecture, `linux-x64` say
 */
export function writeInstallation(folder, target) {
  const programs = readdirSync(path.join(folder, 'dist'), { recursive: true })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => /\.(js|json|wasm)$/.test(name) && name !== 'installation.json');
  const names = [...programs.map((name) => `dist/${name}`), ...nativePaths(folder, target)].sort();
  const files = Object.fromEntries(names.map((name) => [name, stored(path.join(folder, name))]));
  const manifest = { format: 'slipstream-manifest', version: 1, files };
  writeFileSync(path.join(folder, 'dist', 'installation.json'), `${JSON.stringify(manifest, null, 1)}\n`);
}

function nativePaths(folder, target) {
  const bin = 'node_modules/onnxruntime-node/bin';
  const versions = existsSync(path.join(folder, bin)) ? readdirSync(path.join(folder, bin)) : [];
  return versions
    .flatMap((napi) =>
      (nativeFiles[target] ?? []).map((file) => `${bin}/${napi}/${target.replace('-', '/')}/${file}`),
    )
    .filter((name) => existsSync(path.join(folder, name)));
}

function stored(file) {
  const bytes = readFileSync(file);
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}
