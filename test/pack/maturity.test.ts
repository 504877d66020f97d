import { describe, expect, it } from 'vitest';
import { detectOnly, maturityTag } from '../../src/pack/maturity.ts';
import { parseRuleText } from '../../src/seclang/parser.ts';
import { printStatement } from '../../src/seclang/print.ts';

const detecting = (text: string): string => {
  const { file, errors } = parseRuleText('a.conf', text);
  expect(errors).toStrictEqual([]);
  const [rule] = file.statements;
  expect.assert(rule?.kind === 'rule' || rule?.kind === 'action');
  return printStatement(detectOnly(rule, [maturityTag('sandbox')]));
};

describe('detectOnly', () => {
  it('leaves what a rule looks for and reports, and takes what it does', () => {
    const found = detecting(
      `SecRule ARGS "@rx a" "id:1,phase:2,deny,status:403,log,msg:'m',t:none,capture,setvar:tx.score=+5,setvar:tx.seen=1,skipAfter:X,ctl:ruleEngine=Off,chain"
       SecRule ARGS "@rx b" "setvar:'tx.inbound_anomaly_score_pl1=+%{tx.critical}',ctl:ruleRemoveById=5"`,
    );
    for (const kept of [
      '@rx a',
      '@rx b',
      'id:1',
      'msg:',
      't:none',
      'capture',
      'tx.seen=1',
      'pass',
      maturityTag('sandbox'),
    ]) {
      expect(found).toContain(kept);
    }
    for (const taken of ['deny', 'status', 'score', 'skipAfter', 'ctl']) expect(found).not.toContain(taken);
  });

  it('takes every score, however it is set', () => {
    for (const score of [
      'tx.anomaly_score=100',
      'tx.hits=-1',
      'ip.score=+1',
      '!tx.sql_injection_score',
      'TX.HITS=+1',
    ]) {
      expect(detecting(`SecAction "id:1,phase:1,nolog,pass,setvar:'${score}'"`), score).not.toContain('setvar');
    }
  });
});
