import { describe, expect, it } from 'vitest';
import { emptyMacroReason } from '../../src/compile/macro-variables.ts';
import { parseMacro } from '../../src/plan/macro.ts';
import { planOf } from '../support/exchange.ts';

describe('emptyMacroReason', () => {
  it('knows fields, computed values and other names', () => {
    for (const text of ['', 'plain', '%{TX.a}', '%{request_headers.host}', '%{MATCHED_VAR}', '%{ENV.a}', '%{XML}']) {
      expect(emptyMacroReason(parseMacro(text)), text).toBe(undefined);
    }
  });

  it('distinguishes unknown variables from those that have no value here', () => {
    expect(emptyMacroReason(parseMacro('a %{NOTHING.x}'))).toBe('%{NOTHING}: there is no such variable');
    expect(emptyMacroReason(parseMacro('%{TX.a}%{geo.country_code}'))).toBe('%{GEO}: variable GEO');
  });
});

describe('a macro that decides something', () => {
  for (const rule of [
    'SecRule ARGS "@gt %{TX_limit}" "id:1,phase:2,pass"',
    'SecAction "id:1,phase:2,pass,setvar:tx.a=%{FOO}"',
    'SecAction "id:1,phase:2,pass,setvar:tx.%{FOO}=1"',
    'SecAction "id:1,phase:1,pass,initcol:ip=%{REMOTE_ADRR}"',
    'SecAction "id:1,phase:1,pass,expirevar:ip.a=%{FOO}"',
    'SecAction "id:1,phase:1,pass,setenv:a=%{FOO}"',
    'SecAction "id:1,phase:1,redirect:%{FOO}"',
  ]) {
    it(`is refused when it has no value: ${rule}`, async () => {
      await expect(planOf(rule)).rejects.toThrow(
        expect.objectContaining({
          code: 'plan.invalid',
          message: expect.stringMatching(/1:1: rule 1 skipped: macro %\{\w+\}: there is no/),
        }),
      );
    });
  }
});
