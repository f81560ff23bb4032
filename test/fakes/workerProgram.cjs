// A worker without a model, started as the real one is. What it does stands in the setup's `model`: `good`, `bad` (refuses the
// setup), `deaf` (answers with nonsense), `ends` (dies when it is set up), `library` (dies loading the runtime), `hungry` (takes all memory for its model). A job whose text
// before the cursor is `die` ends it. It logs what it hears.
const {
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  ResponseError,
} = require('vscode-jsonrpc/node');

const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
const say = (line) => console.log(line);
/** More memory than the scripts' engine may have, so that it ends the process. */
const takeAll = () => {
  for (const held = []; ; ) held.push(Array(100_000).fill(held.length));
};

connection.onRequest('slipstream/setup', async ({ model }) => {
  say(`setup ${model}`);
  if (model === 'bad') throw new ResponseError(1, 'The model cannot be used.', { reason: 'model-broken' });
  if (model === 'deaf') return { nothing: true };
  if (model === 'library') await connection.sendNotification('slipstream/loading', { part: 'library' });
  if (model === 'library' || model === 'ends') process.exit(9);
  if (model === 'hungry') {
    await connection.sendNotification('slipstream/loading', { part: 'model' });
    // Once that has gone out.
    setImmediate(takeAll);
    return new Promise(() => undefined);
  }
  return {
    ...{ model, because: 'it was named', contextLength: 8, drafts: [], tasks: [], problems: [], notices: [] },
    millis: 1,
  };
});
// As its policy says.
connection.onRequest('slipstream/adjust', ({ pool, policy }) => {
  say(`adjust ${pool} ${policy}`);
  if (policy === 'die') process.exit(4);
  if (policy === 'refuse') throw new ResponseError(1, 'No.', { reason: 'no' });
  return {
    ...{ model: 'adjusted', because: 'it was named', contextLength: 8, drafts: [], tasks: [], problems: [] },
    ...{ notices: [], millis: 1, policy },
  };
});
connection.onRequest('slipstream/job', ({ job, progress }, token) => {
  if (job.prefix === 'die') process.exit(3);
  if (job.prefix === 'pid') say(`pid ${process.pid}`);
  if (job.prefix === 'stop') process.kill(process.pid, 'SIGSTOP');
  if (job.prefix === 'abort') process.abort();
  if (job.prefix === 'memory') takeAll();
  if (job.prefix === 'hang') {
    say('it hangs');
    for (;;);
  }
  if (job.prefix === 'noise') {
    for (const raw of job.suffix.split('\n')) process.send(JSON.parse(raw));
  }
  if (job.prefix === 'nonsense') return { type: 'done' };
  const answer = { type: 'cancelled', by: 'client', text: '' };
  // Something goes on meanwhile, as in a real one: it would not end for want of work.
  if (job.prefix === 'wait') setInterval(() => undefined, 1_000);
  if (job.prefix === 'wait') return new Promise((end) => token.onCancellationRequested(() => end(answer)));
  const { ProgressType } = require('vscode-jsonrpc');
  void connection.sendProgress(new ProgressType(), progress, { pieces: [{ text: 'one', draft: '' }] });
  return {
    ...{
      type: 'done',
      text: 'one',
      finish: 'stop',
      tokens: 1,
      rounds: 1,
      prefilled: 0,
      drafted: 0,
      accepted: 0,
    },
    ...{ millis: { prefill: 0, decode: 0 }, drafts: {} },
  };
});
connection.onRequest('slipstream/index', () => ({ state: 'taken', texts: 1, tokens: 1, capacity: 2 }));
connection.onRequest('slipstream/residentBytes', () => 1000);
connection.onRequest('slipstream/alive', () => true);
for (const name of ['file', 'forget', 'accepted', 'feedback', 'warm']) {
  connection.onNotification(`slipstream/${name}`, (params) => {
    say(`${name} ${JSON.stringify(params)}`);
    if (params.path === 'tired.ts') void connection.sendNotification('slipstream/resting', { resting: true });
  });
}
process.on('disconnect', () => process.exit(0));
connection.listen();
