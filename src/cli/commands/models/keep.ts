import { Command } from 'commander';
import { markdownTable } from 'markdown-table';
import { UserError } from '../../../errors.ts';
import { exportModel } from '../../../models/archive.ts';
import { SUGGESTIONS } from '../../../models/curated.ts';
import { storeFolder } from '../../../models/places.ts';
import { ModelStore, megabytes } from '../../../models/store.ts';
import { requireWritable } from '../../output.ts';

const store = () => new ModelStore(storeFolder());

export function listCommand(): Command {
  return new Command('list')
    .description('the models that were added')
    .option('--suggest', 'also some of the hub that are known to suit')
    .option('--json', 'print one JSON object')
    .action(async ({ suggest, json }: { suggest?: boolean; json?: boolean }) => {
      const models = await store().list();
      if (json)
        return console.log(
          JSON.stringify({ folder: store().folder, models, suggestions: suggest ? SUGGESTIONS : [] }),
        );
      const rows = models.map(({ name, bytes, role, origin, description, problem }) => [
        name,
        `${megabytes(bytes)} MB`,
        role,
        origin?.from ?? '',
        problem ?? description,
      ]);
      console.log(
        rows.length > 0
          ? markdownTable([['name', 'size', 'role', 'from', ''], ...rows])
          : `None in ${store().folder}.`,
      );
      if (!suggest) return;
      const known = SUGGESTIONS.map((each) => [
        each.title,
        `${each.repository} --file ${each.file}`,
        `${each.megabytes} MB`,
        `${each.memory} MB`,
        each.licence,
        each.fillsMiddle ? 'yes' : 'no',
      ]);
      console.log(
        `\n${markdownTable([['model', 'models add ...', 'to load', 'memory', 'licence', 'sees behind the cursor'], ...known])}`,
      );
    });
}

/** A manifest that cannot be used is a damage like another: the other models are looked at too. */
function told(error: unknown): { readonly message: string }[] {
  if (error instanceof UserError && error.reason === 'model-broken') return [error];
  throw error;
}

export function verifyCommand(): Command {
  return new Command('verify')
    .description('read the files of added models through, and say which are damaged')
    .argument('[names...]', 'all without it')
    .action(async (names: string[]) => {
      const all = names.length > 0 ? names : (await store().list()).map(({ name }) => name);
      for (const name of all) {
        const damages = await store().verify(name).catch(told);
        console.log(
          `${name}: ${damages.length === 0 ? 'whole' : damages.map(({ message }) => message).join(' ')}`,
        );
        if (damages.length > 0) process.exitCode = 1;
      }
    });
}

export function removeCommand(): Command {
  return new Command('remove')
    .description('take a model away, or what is left of one that was not finished')
    .argument('<name>')
    .action(async (name: string) => {
      await store().remove(name);
      console.log(`${name} is removed.`);
    });
}

export function exportCommand(): Command {
  return new Command('export')
    .description('write a model to one file, for a machine without a network')
    .argument('<name>')
    .argument('<file>', 'the archive to write (.tar)')
    .action(async (name: string, file: string) => {
      const model = await store().find(name);
      await requireWritable(file);
      await exportModel(model, file);
      console.log(`${file}: ${megabytes(model.bytes)} MB`);
    });
}
