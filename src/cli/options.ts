import path from 'node:path';
import { InvalidArgumentError } from 'commander';

/** Folder of the bundled models, beside the folder that the program was built into. */
export function bundledModels(): string {
  return path.join(__dirname, '..', 'models');
}

/** A commander parser for whole numbers from `least` up. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`It takes a whole number from ${least} up.`);
    }
    return value;
  };
}
