import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { emptyMacro, parseMacro } from '../../src/plan/macro.ts';

describe('parseMacro', () => {
  it('keeps text without macros whole', () => {
    assert.deepEqual(parseMacro('50 % {x}'), { parts: ['50 % {x}'], constant: '50 % {x}' });
  });

  it('splits text and references', () => {
    assert.deepEqual(parseMacro('a%{TX.Score}b%{remote_addr}').parts, [
      'a',
      { variable: 'TX', key: 'score' },
      'b',
      { variable: 'REMOTE_ADDR', key: undefined },
    ]);
    assert.equal(parseMacro('%{TX.a}').constant, undefined);
  });

  it('takes dots, dashes and colons in keys', () => {
    assert.deepEqual(parseMacro('%{REQUEST_HEADERS.User-Agent}').parts, [
      { variable: 'REQUEST_HEADERS', key: 'user-agent' },
    ]);
    assert.deepEqual(parseMacro('%{ARGS:json.a.b}').parts, [{ variable: 'ARGS', key: 'json.a.b' }]);
  });

  it('leaves what is no reference as it stands', () => {
    for (const text of ['%{', '%{}', '%{TX', '{TX.a}']) assert.equal(parseMacro(text).constant, text);
  });

  it('has an empty macro', () => assert.deepEqual(emptyMacro, { parts: [], constant: '' }));
});
