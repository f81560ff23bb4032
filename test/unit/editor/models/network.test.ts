import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkEnvironment } from '../../../../src/editor/models/network.ts';

test('the settings of the editor count before the environment, which counts where they say nothing', () => {
  const env = { HTTPS_PROXY: 'http://old', HF_ENDPOINT: 'https://mirror', HF_TOKEN: 'theirs', PATH: '/bin' };
  const silent = networkEnvironment(
    { proxy: '', noProxy: [], strictSSL: true, systemCertificates: false },
    undefined,
    env,
  );
  assert.deepEqual(silent, env);
  const told = networkEnvironment(
    { proxy: 'http://new', noProxy: ['a', 'b'], strictSSL: false, systemCertificates: true },
    'mine',
    env,
  );
  assert.deepEqual(told, {
    ...env,
    HTTPS_PROXY: 'http://new',
    HTTP_PROXY: 'http://new',
    NO_PROXY: 'a,b',
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
    NODE_USE_SYSTEM_CA: '1',
    HF_TOKEN: 'mine',
  });
});
