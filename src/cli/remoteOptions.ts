import { type Command, Option } from 'commander';
import { DIALECTS } from '../remote/dialects.ts';
import { type Server, serverOf } from '../remote/server.ts';
import { wholeNumber } from './options.ts';

/** The options of a command that may ask a server, as commander hands them over. */
export interface RemoteFlags {
  remote?: string;
  remoteModel: string;
  remoteFim: string;
  remoteContext: number;
  remoteTimeout: number;
}

/** Where the key of a server is looked for: not among the options, which every program of the machine can see. */
const KEY_VARIABLE = 'SLIPSTREAM_REMOTE_KEY';

/** Add `--remote URL` and what belongs to it. */
export function withRemote(command: Command): Command {
  const fim = new Option('--remote-fim <how>', 'how the server is told of the text after the cursor')
    .choices(DIALECTS)
    .default('auto');
  return command
    .option(
      '--remote <url>',
      `ask this server (/v1/completions) in place of a model here; its key in ${KEY_VARIABLE}`,
    )
    .option('--remote-model <name>', 'what the server calls the model', '')
    .addOption(fim)
    .option('--remote-context <n>', 'most characters that are sent', wholeNumber(256, 20_000), 8192)
    .option(
      '--remote-timeout <ms>',
      'most milliseconds for its first text',
      wholeNumber(200, 600_000),
      30_000,
    );
}

/** The server that the options name. @throws UserError `remote-url`, `remote-unencrypted`. */
export function serverOfFlags(url: string, flags: RemoteFlags): Server {
  return serverOf({
    url,
    model: flags.remoteModel,
    fim: flags.remoteFim,
    context: flags.remoteContext,
    timeout: flags.remoteTimeout,
    key: process.env[KEY_VARIABLE]?.trim() ?? '',
  });
}
