import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { eventWords, type NativeServer, nativeTransportAddon } from '../../src/ext-proc/native-addon.ts';

const addon = nativeTransportAddon();

/** Runs `use` on a server that is closed afterwards. */
function withServer(use: (server: NativeServer) => void): void {
  const fail = (): never => expect.fail();
  const server = addon.openServer(limits, ['/a'], new Uint32Array(4 * eventWords), fail, fail);
  try {
    use(server);
  } finally {
    addon.closeServer(server);
  }
}

describe('the addon', () => {
  it('is loaded once', () => {
    expect(nativeTransportAddon()).toBe(addon);
  });

  it('ignores calls for streams that are gone, also after the end of the server', () => {
    let closed: NativeServer | undefined;
    withServer((server) => {
      closed = server;
      for (const slot of [0, 1, 4_294_967_295]) {
        expect(addon.send(server, slot, Buffer.from('x'))).toBe(false);
        addon.end(server, slot, 0, '');
        addon.pause(server, slot);
        addon.resume(server, slot);
        expect(addon.header(server, slot, 'te')).toBe(undefined);
      }
    });
    expect.assert(closed !== undefined);
    expect(addon.send(closed, 0, Buffer.from('x'))).toBe(false);
    addon.closeServer(closed);
    expect(() => addon.connectionCount(closed as NativeServer)).toThrow('the server is closed');
  });

  it('reports with a system error why it cannot listen', () => {
    withServer((server) => {
      const port = addon.listenTcp(server, '127.0.0.1', 0);
      const listen = (host: string, one: number) => () => addon.listenTcp(server, host, one);
      expect(listen('127.0.0.1', port)).toThrow(expect.objectContaining({ code: 'EADDRINUSE' }));
      expect(listen('not-a-number', 0)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
      expect(() => addon.listenPipe(server, '/nonexistent/weir.sock')).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^(ENOENT|EACCES)$/) }),
      );
      expect(addon.listenTcp(server, '::1', 0), 'IPv6').toBeGreaterThan(0);
    });
  });
});
