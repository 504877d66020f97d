import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { configOf, defaultListen, type ServeSettings, starterPack } from '../../src/config/config.ts';

describe('configOf', () => {
  it('has a default for everything', () => {
    const config = configOf({});
    expect(config.listen).toStrictEqual([defaultListen]);
    expect(config.rules).toStrictEqual([starterPack]);
    expect(existsSync(starterPack)).toBe(true);
    expect(config.limits).toStrictEqual(limits);
    expect([config.redaction, config.logLevel, config.engine]).toStrictEqual(['redacted', 'info', undefined]);
  });

  it('uses what is set', () => {
    const config = configOf({ listen: ['unix:/a', '[::1]:5'], rules: ['x'], limits: { holdMsMax: 7 } });
    expect([config.listen, config.rules, config.limits.holdMsMax]).toStrictEqual([['unix:/a', '[::1]:5'], ['x'], 7]);
    const { failurePolicy } = configOf({ onFailure: { parse: 'detect' } });
    expect([failurePolicy.actions.parse, failurePolicy.actions.coding]).toStrictEqual(['detect', 'block']);
  });

  it('uses the native transport by default, with TLS or without', () => {
    const tls = { certFile: 'a', keyFile: 'b' };
    const settings: readonly ServeSettings[] = [{}, { tls }, { transport: 'grpc-js' }, { transport: 'grpc-js', tls }];
    expect(settings.map((one) => configOf(one).transport)).toStrictEqual(['native', 'native', 'grpc-js', 'grpc-js']);
  });

  it('rejects what cannot work, with a sentence', () => {
    const wrong: readonly (readonly [ServeSettings, RegExp])[] = [
      [{ listen: ['nowhere'] }, /"nowhere" is not an address/],
      [{ listen: ['127.0.0.1:9', '127.0.0.1:9'] }, /given twice/],
      [
        { listen: ['unix:/a', 'unix:/b'], tls: { certFile: 'c', keyFile: 'k' } },
        /tls applies to TCP addresses, but all listen addresses are Unix sockets/,
      ],
      [{ limits: { holdMs: 1 } }, /unknown limit "holdMs"/],
      [{ limits: { holdWindowBytesMax: 100_000_000 } }, /receiveMessageBytesMax must exceed/],
      [{ onFailure: { parse: 'ignore' } }, /"ignore" is not one of/],
      [{ logLevel: 'loud' as 'info' }, /log level "loud"/],
    ];
    for (const [settings, message] of wrong)
      expect(() => configOf(settings)).toThrow(
        expect.objectContaining({ code: 'config.invalid', message: expect.stringMatching(message) }),
      );
  });
});
