import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatListenAddress, parseListenAddress, removeStaleSocket } from '../../src/ext-proc/listen-address.ts';

describe('parseListenAddress', () => {
  it('reads host and port, and paths of sockets', () => {
    assert.deepEqual(parseListenAddress('127.0.0.1:9002'), { kind: 'tcp', host: '127.0.0.1', port: 9002 });
    assert.deepEqual(parseListenAddress('[::1]:0'), { kind: 'tcp', host: '::1', port: 0 });
    assert.deepEqual(parseListenAddress('weir.internal:80'), { kind: 'tcp', host: 'weir.internal', port: 80 });
    assert.deepEqual(parseListenAddress('unix:/run/weir.sock'), { kind: 'unix', path: '/run/weir.sock' });
  });

  it('refuses everything else', () => {
    for (const text of [
      '',
      '9002',
      ':9002',
      'host:',
      'host:99999',
      'a:b:1',
      '[::1]',
      'unix:',
      `unix:/${'x'.repeat(107)}`,
    ]) {
      assert.throws(() => parseListenAddress(text), { code: 'config.invalid' }, text);
    }
  });

  it('is undone by formatListenAddress', () => {
    for (const text of ['127.0.0.1:9002', '[::1]:0', 'unix:/run/weir.sock']) {
      assert.equal(formatListenAddress(parseListenAddress(text)), text);
    }
  });
});

describe('removeStaleSocket', () => {
  it('has nothing to do where nothing is', async () => {
    await removeStaleSocket('/nonexistent/weir.sock');
  });
});
