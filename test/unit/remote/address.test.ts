import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UserError } from '../../../src/errors.ts';
import { addressOf, requireSafeKey } from '../../../src/remote/address.ts';

/** Where completions are asked for, by what a user writes. */

test('the server, its /v1 and the whole address lead to the same place', () => {
  const wanted = 'https://llm.example:8000/v1/completions';
  for (const text of [
    'https://llm.example:8000',
    ' https://llm.example:8000/ ',
    'https://llm.example:8000/v1',
    'https://llm.example:8000/v1/',
    'https://llm.example:8000/v1/completions',
    'https://LLM.example:8000/v1#part',
  ]) {
    assert.equal(addressOf(text).url, wanted, text);
  }
  assert.equal(addressOf('https://a.example/team/v1?x=1').url, 'https://a.example/team/v1/completions?x=1');
  const { host, origin } = addressOf(wanted);
  assert.deepEqual([host, origin], ['llm.example:8000', 'https://llm.example:8000']);
});

test('what is none is refused with what to write, and nothing of it is repeated', () => {
  for (const text of [
    '',
    'llm.example',
    'ftp://llm.example',
    'localhost:8000',
    'file:///etc/passwd',
    'http://',
  ]) {
    assert.throws(() => addressOf(text), /is no address of a server\. Write it as https:/, text);
  }
  assert.throws(
    () => addressOf('https://user:hunter2@llm.example'),
    (error) => {
      assert.ok(error instanceof UserError && error.reason === 'remote-url');
      assert.doesNotMatch(error.message, /hunter2|user:/);
      return true;
    },
  );
  assert.throws(() => addressOf('https://llm.example/v1/chat/completions'), /names chat completions/);
});

test('a key goes over an open connection to this machine alone', () => {
  for (const text of ['http://localhost:1', 'http://127.0.0.1:1', 'http://[::1]:1', 'https://llm.example']) {
    requireSafeKey(addressOf(text), 'key');
  }
  for (const text of ['http://llm.example', 'http://192.168.1.2:8000', 'http://localhost.example']) {
    requireSafeKey(addressOf(text), '');
    assert.throws(
      () => requireSafeKey(addressOf(text), 'key-of-somebody'),
      (error) => {
        assert.ok(error instanceof UserError && error.reason === 'remote-unencrypted');
        assert.doesNotMatch(error.message, /key-of-somebody/);
        return true;
      },
    );
  }
});
