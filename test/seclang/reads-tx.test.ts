import { describe, expect, it } from 'vitest';
import { parseRuleText } from '../../src/seclang/parser.ts';
import { countsTx, readsTx } from '../../src/seclang/reads-tx.ts';

const statementOf = (text: string) => {
  const [statement] = parseRuleText('a.conf', text).file.statements;
  expect.assert(statement !== undefined);
  return statement;
};

describe('readsTx', () => {
  for (const [text, isRead] of [
    ['SecRule TX:limit "@gt 1" "id:1,pass"', true],
    ['SecRule &TX:Limit "@eq 0" "id:1,pass"', true],
    ['SecRule ARGS "@gt %{TX.limit}" "id:1,pass"', true],
    [`SecRule ARGS "@rx a" "id:1,pass,chain"\nSecRule ARGS "@rx b" "msg:'%{tx.limit}'"`, true],
    ['SecAction "id:1,pass,setvar:tx.x=%{tx.limit}"', true],
    ['SecAction "id:1,pass,setvar:tx.limit=1"', false],
    ['SecRule TX:limits "@gt 1" "id:1,pass"', false],
    ['SecRule TX:/limit/ "@gt 1" "id:1,pass"', false],
    ['SecRuleEngine On', false],
  ] as const) {
    it(`${text}: ${isRead}`, () => expect(readsTx(statementOf(text), 'limit')).toBe(isRead));
  }
});

describe('countsTx', () => {
  it('is about rules that count one of the variables', () => {
    expect(countsTx(statementOf('SecRule &TX:Limit "@eq 0" "id:1,pass"'), ['x', 'limit'])).toBe(true);
    expect(countsTx(statementOf('SecRule TX:limit "@eq 0" "id:1,pass"'), ['limit'])).toBe(false);
  });
});
