import { describe, expect, it } from 'vitest';
import { formatListenAddress, parseListenAddress, removeStaleSocket } from '../../src/ext-proc/listen-address.ts';

describe('parseListenAddress', () => {
  it('reads host and port, and paths of sockets', () => {
    expect(parseListenAddress('127.0.0.1:9002')).toStrictEqual({ kind: 'tcp', host: '127.0.0.1', port: 9002 });
    expect(parseListenAddress('[::1]:0')).toStrictEqual({ kind: 'tcp', host: '::1', port: 0 });
    expect(parseListenAddress('weir.internal:80')).toStrictEqual({ kind: 'tcp', host: 'weir.internal', port: 80 });
    expect(parseListenAddress('unix:/run/weir.sock')).toStrictEqual({ kind: 'unix', path: '/run/weir.sock' });
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
      expect(() => parseListenAddress(text), text).toThrow(expect.objectContaining({ code: 'config.invalid' }));
    }
  });

  it('is the inverse of formatListenAddress', () => {
    for (const text of ['127.0.0.1:9002', '[::1]:0', 'unix:/run/weir.sock']) {
      expect(formatListenAddress(parseListenAddress(text))).toBe(text);
    }
  });
});

describe('removeStaleSocket', () => {
  it('does nothing if there is nothing', async () => {
    await removeStaleSocket('/nonexistent/weir.sock');
  });
});
