import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { UserError } from '../../../src/errors.ts';
import { GgufFile } from '../../../src/gguf/ggufFile.ts';
import { ggufBytes, type ToyFamily, type ToyTensor, toyGguf } from '../../toy/gguf.ts';

export const LLAMA: ToyFamily = { architecture: 'llama', kind: 'Q8_0', tied: true };

type Facts = Parameters<typeof ggufBytes>[0];

/** Changes to a toy: values of its header, `undefined` to leave one out, and its tensors. */
export interface Changes {
  readonly family?: ToyFamily;
  readonly facts?: Readonly<Record<string, Facts[string] | undefined>>;
  readonly tensors?: (tensors: Map<string, ToyTensor>) => void;
}

export function toyBytes({ family = LLAMA, facts = {}, tensors }: Changes = {}): Buffer {
  const toy = toyGguf(1, family);
  tensors?.(toy.tensors);
  const all = Object.entries({ ...toy.facts, ...facts }).filter(([, value]) => value !== undefined);
  return ggufBytes(Object.fromEntries(all) as Facts, toy.tensors);
}

/** A temporary folder of GGUF files. */
export class Files {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'slipstream-gguf-unit-'));
  private count = 0;

  write(bytes: Buffer): string {
    const file = path.join(this.folder, `${this.count++}.gguf`);
    writeFileSync(file, bytes);
    return file;
  }

  /** What `look` finds in a file that is open only so long. */
  async with<T>(changes: Changes, look: (gguf: GgufFile) => T | Promise<T>): Promise<T> {
    const gguf = await GgufFile.open(this.write(toyBytes(changes)));
    try {
      return await look(gguf);
    } finally {
      await gguf.close();
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** A check that an error is for people: its reason, what it says, and the file that it speaks of. */
export function refusal(reason: string, message: RegExp, file = '.gguf'): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof UserError, String(error));
    assert.equal(error.reason, reason, error.message);
    assert.match(error.message, message);
    assert.ok(error.message.includes(file) && error.message.endsWith('.'), error.message);
    return true;
  };
}
