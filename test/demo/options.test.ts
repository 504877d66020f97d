// The demo's command line.

import { describe, expect, it } from 'vitest';
import { readOptions } from '../../demo/options.ts';

describe('readOptions', () => {
  it('has the defaults that the usage states', () => {
    const expected = {
      port: 10_000,
      mode: 'streamed',
      rules: [],
      exit: false,
      statePath: undefined,
      auditLog: undefined,
    };
    expect(readOptions([])).toStrictEqual(expected);
  });

  it('takes several rules after one --rules, up to the next option', () => {
    const options = readOptions(['--rules', 'a.conf', 'b', '--exit', '--rules', 'c']);
    expect.assert(options !== 'help');
    expect([options.rules, options.exit]).toStrictEqual([['a.conf', 'b', 'c'], true]);
  });

  it('rejects unknown options, with a sentence', () => {
    expect(() => readOptions(['--mode', 'fast'])).toThrow(/--mode fast is not one of streamed, buffered, full-duplex/);
    expect(() => readOptions(['--port', '70000'])).toThrow(/--port 70000 is not a port/);
    expect(() => readOptions(['--port', 'x'])).toThrow(/--port x is not a port/);
    expect(() => readOptions(['--unknown'])).toThrow(/unknown/);
    expect(() => readOptions(['stray'])).toThrow(/stray/);
  });
});
