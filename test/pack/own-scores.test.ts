import { describe, expect, it } from 'vitest';
import { ownScores } from '../../src/pack/own-scores.ts';
import { parseRuleText } from '../../src/seclang/parser.ts';

describe('ownScores', () => {
  const filesOf = (text: string) => [parseRuleText('a.conf', text).file];
  const cases: readonly (readonly [others: string, variable: string, isOwn: boolean])[] = [
    ['', 'tx.score', true],
    ['SecAction "id:1,pass,setvar:tx.score=+1"', 'tx.score', true],
    ['SecRule TX:Score "@gt 4" "id:1,deny"', 'tx.score', false],
    ['SecRule TX:other "@gt 4" "id:1,deny"', 'tx.score', true],
    ['SecRule ARGS "@rx a" "id:1,deny,chain"\nSecRule ARGS "@gt %{tx.score}" ""', 'tx.score', false],
    ['SecRule TX:/sc/ "@gt 4" "id:1,deny"', 'tx.score', false],
    ['SecRule TX "@gt 4" "id:1,deny"', 'tx.score', false],
    ['', 'ip.score', false],
    ['', 'tx.score_%{matched_var}', false],
  ];
  for (const [others, variable, isOwn] of cases) {
    it(`${variable} next to ${JSON.stringify(others)}: ${isOwn}`, () => {
      const isOwnScore = ownScores(filesOf(others));
      expect([isOwnScore(variable), isOwnScore(variable)]).toStrictEqual([isOwn, isOwn]);
    });
  }
});
