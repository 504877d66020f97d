import { describe, expect, it } from 'vitest';
import { GraphqlDecoder } from '../../src/body/graphql.ts';
import { everyCut, runDecoder } from '../support/event-log.ts';
import { linearity } from '../support/linearity.ts';

describe('GraphqlDecoder', () => {
  const cases = [
    ['{ user(id: 1) { name } }', '{ user(id: 1) { name } }'],
    ['{ u(n: "\\u0027 or 1=1") }', '{ u(n: "\' or 1=1") }'],
    ['{ u(n: "\\u{1F600}\\u{27}\\n\\"x\\\\") }', '{ u(n: "\\xf0\\x9f\\x98\\x80\'\\x0a"x\\x5c") }'],
    ['# "not a string \\u0027\n{ a }', '# "not a string \\x5cu0027\\x0a{ a }'],
    ['{ a(b: """block \\u0041""") }', '{ a(b: """block A""") }'],
    ['"\\q\\u00zz\\u{}\\u{g', '"\\x5cq\\x5cu00zz\\x5cu{}\\x5cu{g'],
    ['"\\u00"x', '"\\x5cu00"x'],
    ['"open\n{ a }', '"open\\x0a{ a }'],
    ['"\\u12', '"\\x5cu12'],
  ] as const;
  for (const [text, expected] of cases) {
    it(`reads ${JSON.stringify(text)} at every cut`, () => {
      for (const { name, chunks } of everyCut(Buffer.from(text))) {
        expect(
          runDecoder((sink) => new GraphqlDecoder(sink), chunks),
          name,
        ).toStrictEqual([`ARGS_POST query = ${expected}`]);
      }
    });
  }

  it('reports no field for an empty body', () => {
    expect(runDecoder((sink) => new GraphqlDecoder(sink), [])).toStrictEqual([]);
  });

  for (const unit of ['\\u0041', '"\\', '"', '"\\u{1']) {
    it(`takes time in proportion to its input: ${unit}`, () => {
      linearity(
        (sink) => new GraphqlDecoder(sink),
        (bytes) => Buffer.from(`"${unit.repeat(bytes / unit.length)}`),
      );
    });
  }
});
