import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { FormDecoder } from '../../src/body/form.ts';
import { runDecoder } from '../support/event-log.ts';
import { linearity } from '../support/linearity.ts';

describe('FormDecoder', () => {
  it('reports pairs as ARGS_POST', () => {
    expect(
      runDecoder((sink) => new FormDecoder(sink, { limits }), [Buffer.from('a=1&'), Buffer.from('b=2')]),
    ).toStrictEqual(['ARGS_POST a = 1', 'ARGS_POST b = 2']);
  });

  for (const [name, unit] of [
    ['escapes', '%41'],
    ['broken escapes', '%%4'],
    ['pairs', 'a&'],
    ['empty pairs', '=&'],
    ['plus signs', '+'],
    ['a long name', 'n'],
  ] as const) {
    it(`takes time in proportion to its input: ${name}`, () => {
      linearity(
        (sink) => new FormDecoder(sink, { limits }),
        (bytes) => Buffer.alloc(bytes, unit),
      );
    });
  }
});
