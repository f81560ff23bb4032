import '../../../fakes/vscode/install.ts';
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { networkEnvironment, networkVariables } from '../../../../src/editor/settings/network.ts';
import { editor } from '../../../fakes/vscode/install.ts';
import { activated } from '../activated.ts';

let running: ReturnType<typeof activated> | undefined;
afterEach(() => running?.end());

test('the settings of the editor count before the environment, which counts where they say nothing', () => {
  const env = { HTTPS_PROXY: 'http://old', HF_ENDPOINT: 'https://mirror', HF_TOKEN: 'theirs', PATH: '/bin' };
  const silent = networkEnvironment(
    { proxy: '', noProxy: [], strictSSL: true, systemCertificates: false },
    undefined,
    env,
  );
  assert.deepEqual(silent, env);
  // The lower name wins where both are there.
  const both = { ...env, https_proxy: 'http://old', no_proxy: 'c' };
  const told = networkEnvironment(
    { proxy: 'http://new', noProxy: ['a', 'b'], strictSSL: false, systemCertificates: true },
    'mine',
    both,
  );
  assert.deepEqual(told, {
    ...env,
    ...{ HTTPS_PROXY: 'http://new', https_proxy: 'http://new' },
    ...{ HTTP_PROXY: 'http://new', http_proxy: 'http://new' },
    ...{ NO_PROXY: 'a,b', no_proxy: 'a,b' },
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
    NODE_USE_SYSTEM_CA: '1',
    HF_TOKEN: 'mine',
  });
});

test('where extensions are to use no proxy, none of the environment is used either', () => {
  const { HTTPS_PROXY, https_proxy, HTTP_PROXY, http_proxy } = networkVariables({
    proxy: 'http://new',
    proxySupport: 'off',
  });
  assert.deepEqual([HTTPS_PROXY, https_proxy, HTTP_PROXY, http_proxy], ['', '', '', '']);
  assert.equal(networkVariables({ proxy: 'http://new', proxySupport: 'override' }).http_proxy, 'http://new');
});

test('the worker is started with them where a server is named, and anew when they change; else they are none of its', async () => {
  editor.settings.set('http.proxy', 'http://one');
  running = activated();
  await running.worker.setup({} as never);
  await editor.run('slipstream.restartWorker');
  editor.set('http.proxy', 'http://two');
  assert.equal(running.worker.setups.at(-1)!.network, undefined);
  const before = running.worker.setups.length;
  editor.set('slipstream.remote.url', 'https://team.example');
  assert.equal(running.worker.setups.at(-1)!.network?.HTTPS_PROXY, 'http://two');
  editor.set('http.proxy', 'http://three');
  assert.equal(running.worker.setups.at(-1)!.network?.HTTPS_PROXY, 'http://three');
  assert.equal(running.worker.setups.length, before + 2);
});
