// The demo's command line.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readOptions } from '../../demo/options.ts';

describe('readOptions', () => {
  it('has the defaults that the usage states', () => {
    const expected = { port: 10_000, mode: 'streamed', rules: [], exit: false, statePath: undefined };
    assert.deepEqual(readOptions([]), expected);
  });

  it('takes several rules after one --rules, up to the next option', () => {
    const options = readOptions(['--rules', 'a.conf', 'b', '--exit', '--rules', 'c']);
    assert.ok(options !== 'help');
    assert.deepEqual([options.rules, options.exit], [['a.conf', 'b', 'c'], true]);
  });

  it('refuses what it does not know, with a sentence', () => {
    assert.throws(() => readOptions(['--mode', 'fast']), /--mode fast is none of streamed, buffered, full-duplex/);
    assert.throws(() => readOptions(['--port', '70000']), /--port 70000 is not a port/);
    assert.throws(() => readOptions(['--port', 'x']), /--port x is not a port/);
    assert.throws(() => readOptions(['--unknown']), /unknown/);
    assert.throws(() => readOptions(['stray']), /stray/);
  });
});
