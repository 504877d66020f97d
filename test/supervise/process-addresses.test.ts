import { describe, expect, it } from 'vitest';
import { addressesOf, processIndex } from '../../src/supervise/process-addresses.ts';

describe('addressesOf', () => {
  for (const [given, index, expected] of [
    ['unix:/run/weir/weir.sock', 0, 'unix:/run/weir/weir-0.sock'],
    ['unix:/run/weir.d/socket', 12, 'unix:/run/weir.d/socket-12'],
    ['unix:/run/a.b.sock', 1, 'unix:/run/a.b-1.sock'],
    ['127.0.0.1:9002', 3, '127.0.0.1:9005'],
    ['[::1]:9002', 1, '[::1]:9003'],
    ['127.0.0.1:0', 3, '127.0.0.1:0'],
  ] as const) {
    it(`makes ${expected} of ${given}`, () => expect(addressesOf([given], index)).toStrictEqual([expected]));
  }

  it('rejects an invalid port, and a path that is too long for its number', () => {
    expect(() => addressesOf(['0.0.0.0:65535'], 1)).toThrow(/process 1 would listen on port 65536/);
    expect(() => addressesOf([`unix:/${'a'.repeat(105)}`], 10)).toThrow(/1 to 107 bytes/);
  });
});

describe('processIndex', () => {
  it('reads the number that a supervisor sets, and nothing else', () => {
    expect(
      ['0', '12', undefined, '', '-1', 'x', '1.5'].map((text) => processIndex({ WEIR_PROCESS: text })),
    ).toStrictEqual([0, 12, ...Array(5).fill(undefined)]);
  });
});
