import { describe, expect, it } from 'vitest';
import { emptyMacro, parseMacro } from '../../src/plan/macro.ts';

describe('parseMacro', () => {
  it('keeps text without macros whole', () => {
    expect(parseMacro('50 % {x}')).toStrictEqual({ parts: ['50 % {x}'], constant: '50 % {x}' });
  });

  it('splits text and references', () => {
    expect(parseMacro('a%{TX.Score}b%{remote_addr}').parts).toStrictEqual([
      'a',
      { variable: 'TX', key: 'score' },
      'b',
      { variable: 'REMOTE_ADDR', key: undefined },
    ]);
    expect(parseMacro('%{TX.a}').constant).toBe(undefined);
  });

  it('accepts dots, dashes and colons in keys', () => {
    expect(parseMacro('%{REQUEST_HEADERS.User-Agent}').parts).toStrictEqual([
      { variable: 'REQUEST_HEADERS', key: 'user-agent' },
    ]);
    expect(parseMacro('%{ARGS:json.a.b}').parts).toStrictEqual([{ variable: 'ARGS', key: 'json.a.b' }]);
  });

  it('leaves what is not a reference unchanged', () => {
    for (const text of ['%{', '%{}', '%{TX', '{TX.a}']) expect(parseMacro(text).constant).toBe(text);
  });

  it('has an empty macro', () => expect(emptyMacro).toStrictEqual({ parts: [], constant: '' }));
});
