import { describe, expect, it } from 'vitest';
import { lintShadows } from '../../src/lint/lint-shadows.ts';
import { parseRuleText } from '../../src/seclang/parser.ts';

const shadowed = (text: string): readonly (number | undefined)[] => {
  const { file, errors } = parseRuleText('a.conf', text);
  expect(errors).toStrictEqual([]);
  return lintShadows(file.statements).map(({ ruleId }) => ruleId);
};
const rule = (id: number, targets: string, more = 'deny', operator = '@rx a', t = 't:none,t:lowercase') =>
  `SecRule ${targets} "${operator}" "id:${id},phase:2,${t},${more}"\n`;

describe('lintShadows', () => {
  const first = rule(1, 'ARGS|REQUEST_COOKIES');
  const cases: readonly (readonly [what: string, text: string, found: readonly number[]])[] = [
    ['the same rule again', first + rule(2, 'REQUEST_COOKIES|ARGS'), [2]],
    ['fewer targets', first + rule(2, 'ARGS', 'pass'), [2]],
    ['one field of a collection', first + rule(2, 'ARGS:q'), [2]],
    ['a part of a collection', first + rule(2, 'ARGS_POST:q|ARGS_GET'), [2]],
    ['a chain behind it', first + rule(2, 'ARGS', 'deny,chain').trimEnd() + '\nSecRule ARGS "@rx b" ""\n', [2]],
    ['a field that both leave out', rule(1, 'ARGS|!ARGS:x') + rule(2, 'ARGS|!ARGS:x|!ARGS:y'), [2]],
    ['counts of the same', rule(1, '&ARGS', 'deny', '@gt 5') + rule(2, '&ARGS', 'deny', '@gt 5'), [2]],
    ['more targets', first + rule(2, 'ARGS|FILES'), []],
    ['a field that the first leaves out', rule(1, 'ARGS|!ARGS:x') + rule(2, 'ARGS'), []],
    ['another pattern', first + rule(2, 'ARGS', 'deny', '@rx b'), []],
    ['the other side of a pattern', first + rule(2, 'ARGS', 'deny', '!@rx a'), []],
    ['other transformations', first + rule(2, 'ARGS', 'deny', '@rx a', 't:none'), []],
    ['transformations of a default', first + rule(2, 'ARGS', 'deny', '@rx a', 't:lowercase'), []],
    ['another phase', first + rule(2, 'ARGS').replace('phase:2', 'phase:4'), []],
    ['a first that only reports', rule(1, 'ARGS', 'pass') + rule(2, 'ARGS'), []],
    ['a first that does what a default says', rule(1, 'ARGS', 'block') + rule(2, 'ARGS'), []],
    ['a first that is a chain', rule(1, 'ARGS', 'deny,chain') + 'SecRule ARGS "@rx b" ""\n' + rule(2, 'ARGS'), []],
    [
      'a first that may be jumped over',
      `SecAction "id:9,phase:2,pass,skipAfter:X"\n${first}SecMarker X\n${rule(2, 'ARGS')}`,
      [],
    ],
    [
      'a first that may be taken out',
      `SecRule ARGS "@rx z" "id:9,phase:1,pass,ctl:ruleRemoveById=1"\n${first}${rule(2, 'ARGS')}`,
      [],
    ],
    [
      'patterns that are made of values',
      rule(1, 'ARGS', 'deny', '@rx %{tx.a}') + rule(2, 'ARGS', 'deny', '@rx %{tx.a}'),
      [],
    ],
    ['what is counted, by what is looked at', rule(1, 'ARGS', 'deny', '@gt 5') + rule(2, '&ARGS', 'deny', '@gt 5'), []],
  ];
  for (const [what, text, found] of cases) {
    it(`${found.length === 0 ? 'is silent about' : 'sees'} ${what}`, () => expect(shadowed(text)).toStrictEqual(found));
  }
});
