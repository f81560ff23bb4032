import '../../fakes/vscode/install.ts';
import { activateEditor } from '../../../src/editor/activate.ts';
import type { Added, AddRequest } from '../../../src/editor/models/addProcess.ts';
import type { Tuned, TuneRequest } from '../../../src/editor/models/tuneProcess.ts';
import type { Adding } from '../../../src/editor/services.ts';
import { fakeLog, fakeMemento, fakeSecrets } from '../../fakes/log.ts';
import { FakeDocument } from '../../fakes/vscode/document.ts';
import { editor } from '../../fakes/vscode/install.ts';
import { FakeWorker } from '../../fakes/worker.ts';

/** The whole editor side over a fake editor and a fake worker. Call `end` when the test is over. */
export function activated() {
  const worker = new FakeWorker();
  const log = fakeLog();
  const secrets = fakeSecrets();
  const asked: AddRequest[] = [];
  const outcomes: Added[] = [];
  const tuned = { asked: [] as TuneRequest[], outcomes: [] as Tuned[] };
  const adding: Adding = {
    program: '/dist/cli.js',
    storage: '/storage',
    secrets: secrets.storage,
    run: async (request) => {
      asked.push(request);
      return outcomes.shift() ?? { type: 'stopped' };
    },
    tune: async (request) => {
      tuned.asked.push(request);
      return tuned.outcomes.shift() ?? { type: 'stopped' };
    },
  };
  const subscriptions: { dispose(): unknown }[] = [];
  const api = activateEditor(
    subscriptions,
    worker,
    log.channel,
    { machine: '/storage', workspace: '/learnt' },
    fakeMemento(),
    secrets.storage,
    adding,
  );
  const end = () => {
    for (const each of subscriptions) each.dispose();
    editor.active = undefined;
    editor.visible = [];
    editor.settings.clear();
    editor.answers.length = 0;
  };
  const added = { asked, outcomes };
  return { api, worker, log, secrets, end, added, tuned, status: () => editor.statusItems.at(-1)! };
}

/** A document drawn with its cursor as `█`, shown in an editor. */
export function showDrawn(drawing: string, path = '/work/main.ts', language = 'typescript') {
  const at = drawing.indexOf('█');
  const document = new FakeDocument(path, drawing.replace('█', ''), language);
  return { document, shown: editor.show(document, at) };
}
