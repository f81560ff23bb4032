import type { RecurrentModel } from '../engine/drafts/neural/stateDraft.ts';
import { UserError } from '../errors.ts';
import type { StateFiles } from './modelFolder.ts';
import { readSafetensors } from './safetensors.ts';
import { MODULE } from './stateKernel.ts';
import { BLOCK, integersOf, startKernel, TensorCheck } from './wasmKernel.ts';

/** What `kernels/state.ts` exports. Pointers are bytes in the memory that the module was given. */
interface Kernel {
  readonly start: { readonly value: number };
  readonly probability: { readonly value: number };
  shape(features: number, width: number, inner: number, outputs: number, epsilon: number): void;
  weights(...pointers: number[]): void;
  scratchBytes(): number;
  scratch(at: number): void;
  givenAt(): number;
  begin(): void;
  step(row: number): void;
  predict(): number;
}

/** As in `training/state/network.py`. */
const EPSILON = 1e-5;
/** In the order that the kernel takes them. */
const MATRICES = ['begin', 'step', 'down', 'embedding'];

/** A small recurrent network behind a target's hidden states, with 8-bit weights, in WebAssembly. */
export class StateModel implements RecurrentModel {
  private readonly given: Float32Array;

  private constructor(
    private readonly kernel: Kernel,
    memory: { readonly buffer: ArrayBuffer },
    /** Numbers that it begins with. */
    readonly size: number,
    /** Tokens of the rows of the embedding. */
    private readonly ids: Int32Array,
    /** Rows by token; others have the last row. */
    private readonly rows: ReadonlyMap<number, number>,
    /** Bytes of weights and scratch. */
    readonly bytes: number,
  ) {
    this.given = new Float32Array(memory.buffer, kernel.givenAt(), size);
  }

  /** @throws UserError `model-broken` or `model-unsupported`. */
  static async load({ weights: file }: StateFiles): Promise<StateModel> {
    const tensors = await readSafetensors(file);
    const side = (name: string, axis: 0 | 1) => tensors.get(`${name}.codes`)?.shape[axis] ?? 0;
    const [size, width, inner] = [side('begin', 1), side('begin', 0), side('down', 1)];
    const outputs = tensors.get('output_ids')?.shape[0] ?? 0;
    if (
      outputs < 4 ||
      outputs % 4 !== 0 ||
      [size, width, inner].some((each) => each < 1 || each % BLOCK !== 0)
    )
      throw new UserError(
        'model-unsupported',
        `${file} cannot be used: its widths are not multiples of 32, or its ids not of 4.`,
      );
    const check = new TensorCheck(tensors, file, 'the widths of its other tensors');
    check.expectMatrix('begin', width, size);
    check.expectMatrix('step', 2 * inner + width, 2 * width);
    check.expectMatrix('down', width, inner);
    check.expectMatrix('embedding', outputs + 1, width);
    for (const norm of ['norm1', 'norm2']) check.expect(norm, 'F32', [width]);
    check.expect('output_ids', 'I32', [outputs]);

    const { exports: kernel, memory, take, put } = await startKernel<Kernel>(MODULE);
    const place = (name: string) => put(tensors.get(name)!.bytes);
    const pointers = MATRICES.flatMap((name) => [place(`${name}.codes`), place(`${name}.scales`)]);
    pointers.push(place('norm1'), place('norm2'));
    kernel.shape(size, width, inner, outputs, EPSILON);
    kernel.weights(...pointers);
    kernel.scratch(take(kernel.scratchBytes()));
    const ids = integersOf(tensors.get('output_ids')!);
    // A padded id is there twice: the first row counts.
    const rows = new Map([...ids].map((id, row) => [id, row] as const).reverse());
    return new StateModel(kernel, memory, size, ids, rows, memory.buffer.byteLength);
  }

  begin(given: Float32Array): void {
    this.given.set(given);
    this.kernel.begin();
  }

  step(token: number): void {
    this.kernel.step(this.rows.get(token) ?? this.ids.length);
  }

  predict(): { readonly token: number; readonly probability: number } {
    const token = this.ids[this.kernel.predict()]!;
    return { token, probability: this.kernel.probability.value };
  }
}
