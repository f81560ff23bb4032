/** Names of the files of the native library, by target: `linux-x64` say. */
export const nativeFiles: Readonly<Record<string, readonly string[]>>;

/** @param folder of the installation, which holds `dist` and `node_modules`. @param target platform and architecture */
export function writeInstallation(folder: string, target: string): void;
