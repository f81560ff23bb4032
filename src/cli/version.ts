import manifest from '../../package.json';

/** Version of the package; a part of the program, so that it is known whatever is missing beside it. */
export const version: string = manifest.version;
