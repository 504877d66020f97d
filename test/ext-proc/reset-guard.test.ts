import { Server } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { checkNodeVersion, setResetLimits } from '../../src/ext-proc/reset-guard.ts';

describe('checkNodeVersion', () => {
  it('accepts Nodes whose HTTP/2 server has the reset options', () => {
    for (const version of ['24.0.0', '24.21.0', '25.1.0', '22.23.0', '22.30.1']) checkNodeVersion(version);
    checkNodeVersion();
  });

  it('rejects others with a sentence that gives the reason', () => {
    for (const version of ['18.20.0', '20.20.2', '22.22.9', '23.11.0']) {
      expect(() => checkNodeVersion(version)).toThrow(
        expect.objectContaining({
          code: 'config.invalid',
          message: expect.stringMatching(/Weir needs Node 24.*no setting for stream resets.*500/s),
        }),
      );
    }
  });
});

describe('setResetLimits', () => {
  it('rejects a server that has no place for the options', () => {
    expect(() => setResetLimits({} as Server, { burst: 1, rate: 1 })).toThrow(
      expect.objectContaining({ code: 'internal' }),
    );
  });

  it('finds the place in the grpc-js that is installed', () => {
    const server = new Server();
    setResetLimits(server, { burst: 5, rate: 7 });
    const { commonServerOptions } = server as unknown as { readonly commonServerOptions: Record<string, unknown> };
    expect([commonServerOptions.streamResetBurst, commonServerOptions.streamResetRate]).toStrictEqual([5, 7]);
  });
});
