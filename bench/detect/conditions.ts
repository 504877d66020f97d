// Conditions after a number, as an attacker adds them, and similar text that people write.

/** One value. */
export interface ConditionValue {
  /** Byte string. */
  readonly text: string;
  /** The kind of operand after "and" or "or". */
  readonly kind: string;
}

interface Kind {
  readonly kind: string;
  readonly operands: readonly string[];
  /** Undefined: all. */
  readonly operators?: readonly string[];
  readonly heads?: readonly string[];
}

const numbers = ['1', '0', '23', '1.5', '1e1', '0x1', '(1)', '-1', '1)', '1 ', '\n1'];
const operators = ['or', 'and', '||', '&&', 'xor', 'OR', 'aNd'];
const choices = ['or', '||', 'xor'];
const unsigned = ['1', '0', '23', '1.5', '0x1', '(1)'];

/** Conditions that occur only in queries. */
const attackKinds: readonly Kind[] = [
  { kind: 'xor', operators: ['xor'], operands: ['0', '1'] },
  {
    kind: 'a negation',
    operands: [
      'not 0',
      'not 1',
      '!0',
      '!1',
      '~1',
      '~0',
      'not(0)',
      'not (0)',
      'not false',
      'not null',
      'not not 1',
      '!!1',
      '-~1',
    ],
  },
  { kind: 'a negation of a string', operands: ["not 'a'", 'not "a"', "!'a'", "not x'41'", "not b'0'", "~'1'"] },
  {
    kind: 'a sign',
    operators: choices,
    heads: unsigned,
    operands: ['-1', '+1', '- -1', '-1.5', '-0x1', '-(1)', '- 1'],
  },
  { kind: 'parentheses', operands: ['((1))', '((0))', '(not 0)', '(!0)', '((not 0))', '(1 is true)', '(1)in(1)'] },
  {
    kind: 'a test',
    operands: [
      '1 is true',
      '1 is not null',
      'null is null',
      '1 is unknown',
      '1 isnull',
      '1 notnull',
      '2 between 1 and 3',
      '1 in (1)',
      '1 not in (2)',
    ],
  },
  {
    kind: 'a comparison',
    operands: ['1=1', '2>1', '1<>2', '1 like 1', "'a' like 'a'", "'a'='a'", '1 sounds like 1', '1<=>1'],
  },
  { kind: 'a calculation', operands: ['1 div 1', '5 mod 3', '5%3', '1|1', '2|0'] },
  {
    kind: 'a cast',
    operands: ['1::int', 'true::bool', "'1'::int", 'binary 1', "binary 'a'", "_utf8'a'", "'a' collate utf8_bin"],
  },
  {
    kind: 'a question',
    operands: [
      'pi()',
      'version()',
      '@@version',
      '@@global.version',
      "length('a')",
      'exists(select 1)',
      '1=any(select 1)',
    ],
  },
  {
    kind: 'a clause',
    operands: [
      '1 limit 1',
      '1 order by 1',
      '1 group by 1',
      '1 having 1',
      "1 into outfile '/x'",
      '1 procedure analyse()',
      '1 offset 1',
    ],
  },
  { kind: 'a comment', operands: ['1--', '1-- -', '1/*', '1;--', '1; -- -', '1#'] },
];

/** Conditions that people also write, so they are not injections: none is worth more to an attacker than "1 or 1". */
const proseKinds: readonly Kind[] = [
  { kind: 'a number', operands: ['1', '2', '0', '1.5', '10'] },
  { kind: 'numbers', operands: ['1 or 2', '2 and 3', '1 or 1 or 1'] },
  { kind: 'a sum', operands: ['1+1', '2+1'] },
  { kind: 'a range', operands: ['1-0', '3-4', '10-15'] },
  { kind: 'a fraction', operands: ['1/2', '3/4'] },
  { kind: 'a product', operands: ['2*3', '4*6'] },
  { kind: 'a sign behind a sign', heads: ['-1', '+1'], operators: ['or', 'and'], operands: ['-2', '+2'] },
  { kind: 'two signs', heads: ['1', '32767'], operators: ['and'], operands: ['-1', '-32768'] },
];

const spacings: readonly (readonly [between: string, inside: string])[] = [
  [' ', ' '],
  ['\n', '\t'],
  ['/**/', '/**/'],
  ['/*!*/', ' '],
  ['\u000b', '\u00a0'],
];

const isCommented = (between: string): boolean => between.startsWith('/');

function* valuesOf(kinds: readonly Kind[], isAttack: boolean): Generator<ConditionValue> {
  for (const { kind, operands, operators: some = operators, heads = numbers } of kinds) {
    for (const head of heads) {
      for (const operator of some) {
        // Nobody writes "1 xor 1" or "1/**/or/**/1".
        if (!isAttack && operator === 'xor') continue;
        for (const operand of operands) {
          for (const [between, inside] of spacings) {
            if (!isAttack && isCommented(between)) continue;
            const text = `${head}${between}${operator}${between}${operand.replaceAll(' ', inside)}`;
            yield { text, kind };
          }
        }
      }
    }
  }
}

/** Values that are an injection where a number is expected. */
export const conditionValues = (): Generator<ConditionValue> => valuesOf(attackKinds, true);

/** Values that are not injections, although libinjection takes most of them for one. */
export const proseConditions = (): Generator<ConditionValue> => valuesOf(proseKinds, false);
