import { describe, expect, it } from 'vitest';
import { parseRuleText } from '../../src/seclang/parser.ts';
import { printStatement } from '../../src/seclang/print.ts';
import { quietRule, variablesOf } from '../../src/seclang/statement-builder.ts';

const location = { file: 'weir.yaml', line: 1, column: 1 };

describe('quietRule', () => {
  it('is the same as a handwritten rule', () => {
    const conditions = [
      { variables: 'REQUEST_METHOD', operator: 'rx', argument: '^GET$' },
      { variables: 'REQUEST_HEADERS:Host', operator: '!streq', argument: 'a' },
    ];
    const rule = quietRule(5, { conditions, effects: [['ctl', 'ruleRemoveById=1']], message: 'why', location });
    const written = `SecRule REQUEST_METHOD "@rx ^GET$" "id:5,phase:1,pass,nolog,msg:'why',t:none,chain"
      SecRule REQUEST_HEADERS:Host "!@streq a" "t:none,ctl:ruleRemoveById=1"`;
    const [parsed] = parseRuleText('weir.yaml', written).file.statements;
    expect.assert(parsed !== undefined);
    expect(printStatement(rule)).toBe(printStatement(parsed));
  });

  it('is a SecAction without conditions', () => {
    const rule = quietRule(5, { conditions: [], effects: [['setvar', 'tx.a=1']], message: 'why', location });
    expect(rule.kind).toBe('action');
    expect(rule.actions.map(({ name }) => name)).toStrictEqual(['id', 'phase', 'pass', 'nolog', 'msg', 'setvar']);
  });
});

describe('variablesOf', () => {
  it('reads the variables of a SecRule', () => {
    expect(variablesOf('ARGS:/^q/', location)[0]?.selector).toStrictEqual({ kind: 'regex', source: '^q' });
    expect(() => variablesOf('ARG:q', location)).toThrow(/ARG/);
  });
});
