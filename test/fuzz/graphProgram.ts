import { UserError } from '../../src/errors.ts';
import { CausalModel } from '../../src/runtime/causalModel.ts';
import { openModelFolder } from '../../src/runtime/modelFolder.ts';

/** Loads model folders that it is told of, and computes with those that load. Answers how each ended. */

process.on('message', async (folder: string) => {
  try {
    const model = await CausalModel.load(await openModelFolder(folder), { threads: 1, rowMultiple: 2 });
    await model.score([1, 2, 3, 4], 'logits');
    process.send?.({ end: 'ran' });
  } catch (error) {
    process.send?.(
      error instanceof UserError ? { end: 'refused' } : { end: 'unforeseen', why: String(error) },
    );
  }
});
process.on('disconnect', () => process.exit(0));
