import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { GuessedJsonDecoder } from '../../src/body/guessed-json.ts';
import { everyCut, runDecoder } from '../support/event-log.ts';

const cases: readonly (readonly [text: string, lines: readonly string[], why: string])[] = [
  ['{"a":"\\u0031"}', ['ARGS_POST json.a = 1'], 'JSON'],
  [
    '{"a":"1","b":NaN,"c":"\\u0032"}',
    ['ARGS_POST json.a = 1', 'ARGS_POST_READING json = c', 'ARGS_POST_READING json = 2'],
    'up to what is not JSON, then literals',
  ],
  ['{"a":"\\x31x"}', ['ARGS_POST json.a =', 'ARGS_POST_READING json = 1x'], 'an escape that JSON lacks'],
  ['{"a":"1\n2"}', ['ARGS_POST json.a = 1', 'ARGS_POST_READING json = \\x0a2'], 'a line end inside a string'],
  [
    '{"a":"1"}{"a":"\\u0032"}',
    ['ARGS_POST json.a = 1', 'ARGS_POST_READING json = a', 'ARGS_POST_READING json = 2'],
    'two texts',
  ],
  ['{"a":"1",}', ['ARGS_POST json.a = 1'], 'a comma too many'],
  ['{"a":', [], 'a text that is not complete'],
];

describe('GuessedJsonDecoder', () => {
  for (const [text, expected, why] of cases) {
    it(`reads ${why}, at every cut`, () => {
      for (const { name, chunks } of everyCut(Buffer.from(text))) {
        const lines = runDecoder((sink) => new GuessedJsonDecoder(sink, { ...limits, isJson: true }), chunks);
        expect(
          lines.filter((line) => !line.startsWith('FACT')),
          name,
        ).toStrictEqual(expected);
        expect(
          lines.some((line) => line.startsWith('THROWS')),
          name,
        ).toBe(false);
      }
    });
  }

  it('reads only literals if it does not begin as JSON', () => {
    const lines = runDecoder(
      (sink) => new GuessedJsonDecoder(sink, { ...limits, isJson: false }),
      [Buffer.from("{'a':'\\x31'}")],
    );
    expect(lines).toStrictEqual(['ARGS_POST_READING json = a', 'ARGS_POST_READING json = 1']);
  });

  it('continues after a level that is too deep', () => {
    const options = { ...limits, jsonDepthMax: 2, isJson: true };
    const lines = runDecoder((sink) => new GuessedJsonDecoder(sink, options), [Buffer.from('[[["\\u0031"]]]')]);
    expect(lines.filter((line) => !line.startsWith('FACT'))).toStrictEqual(['ARGS_POST_READING json = 1']);
  });
});
