// What was observed compared with what was expected.

import { describe, expect, it } from 'vitest';
import { complaintsOf, type StageOutcome } from '../../src/ftw/outcome.ts';
import type { FtwExpectation } from '../../src/ftw/suite.ts';
import { nothingExpected } from '../support/ftw.ts';

const seen: StageOutcome = {
  status: 200,
  answer: 'HTTP/1.1 200\r\n\r\nhello',
  ruleIds: [1, 2],
  logLines: ['[id "1"] [msg "one"]', '[id "2"] [msg "\xff"]'],
  matched: [],
  faults: [],
  refusal: undefined,
  isClosedUnanswered: false,
};

const unanswered: Partial<StageOutcome> = { status: undefined, ruleIds: [] };
const closed: Partial<StageOutcome> = { ...unanswered, isClosedUnanswered: true };

const cases: readonly {
  readonly name: string;
  readonly expectation?: Partial<FtwExpectation>;
  readonly outcome?: Partial<StageOutcome>;
  readonly complaints: readonly RegExp[];
}[] = [
  { name: 'nothing expected', complaints: [] },
  { name: 'the status', expectation: { status: 200 }, complaints: [] },
  { name: 'another status', expectation: { status: 403 }, complaints: [/status 200, expected 403/] },
  { name: 'all ids', expectation: { expectIds: [2, 1] }, complaints: [] },
  { name: 'a missing id', expectation: { expectIds: [1, 3] }, complaints: [/rule 3 did not match/] },
  { name: 'no unwanted id', expectation: { noExpectIds: [3] }, complaints: [] },
  { name: 'an unwanted id', expectation: { noExpectIds: [2, 3] }, complaints: [/rule 2 matched/] },
  { name: 'a line', expectation: { matchRegex: '"1".*one' }, complaints: [] },
  { name: 'a line of bytes', expectation: { matchRegex: String.raw`msg "\xff"` }, complaints: [] },
  { name: 'no line over two', expectation: { matchRegex: '(?s)one.*two' }, complaints: [/no log line matches/] },
  {
    name: 'a forbidden line',
    expectation: { noMatchRegex: String.raw`\[id "\d+"\]` },
    complaints: [/a log line matches/],
  },
  { name: 'no forbidden line', expectation: { noMatchRegex: 'three' }, complaints: [] },
  { name: 'a text in the answer', expectation: { responseContains: 'h.llo' }, complaints: [] },
  {
    name: 'an unwanted id and its fields',
    expectation: { noExpectIds: [2, 3] },
    outcome: {
      matched: ['a', 'b', 'c', 'd'].map((name) => ({
        ruleId: 2,
        variable: `ARGS:${name}`,
        excerpt: 'x\ny'.repeat(50),
      })),
    },
    complaints: [/^rule 2 matched in ARGS:a "x yx[xy ]+…", ARGS:b "[^"]*…", ARGS:c "[^"]*…" and 1 more$/],
  },
  {
    name: 'too many ids and their fields',
    expectation: { isIsolated: true, expectIds: [1] },
    outcome: {
      matched: [
        { ruleId: 1, variable: 'ARGS:a', excerpt: 'x' },
        { ruleId: 2, variable: 'REQUEST_URI', excerpt: '' },
      ],
    },
    complaints: [/^2 rules matched, but one was expected: rule 1 in ARGS:a "x"; rule 2 in REQUEST_URI$/],
  },
  {
    name: 'a forbidden line and that line',
    expectation: { noMatchRegex: 'one' },
    complaints: [/^a log line matches \/one\/: \[id "1"\] \[msg "one"\]$/],
  },
  { name: 'no such text', expectation: { responseContains: 'bye' }, complaints: [/response does not match/] },
  { name: 'one rule alone', expectation: { isIsolated: true, expectIds: [1] }, complaints: [/2 rules matched/] },
  { name: 'an expected error', expectation: { expectError: true }, outcome: unanswered, complaints: [] },
  {
    name: 'an expected error, whatever the log',
    expectation: { expectError: true, expectIds: [9] },
    outcome: unanswered,
    complaints: [],
  },
  { name: 'an answer instead of an error', expectation: { expectError: true }, complaints: [/error was expected/] },
  { name: 'an answer, when no error may be', expectation: { expectError: false }, complaints: [] },
  {
    name: 'an error that may not be',
    expectation: { expectError: false },
    outcome: unanswered,
    complaints: [/no readable/],
  },
  { name: 'an error that nobody expects', outcome: unanswered, complaints: [/no readable response/] },
  { name: 'a refusal by closing, as status 400', expectation: { status: 400 }, outcome: closed, complaints: [] },
  {
    name: 'a refusal by closing, where no rule may match',
    expectation: { noExpectIds: [1] },
    outcome: closed,
    complaints: [],
  },
  {
    name: 'a refusal by closing, as no other status',
    expectation: { status: 403 },
    outcome: closed,
    complaints: [/status none/],
  },
  {
    name: 'a refusal by closing, without rules',
    expectation: { expectIds: [1] },
    outcome: closed,
    complaints: [/rule 1/],
  },
  { name: 'a refusal by closing as an error', expectation: { expectError: true }, outcome: closed, complaints: [] },
  { name: 'a fault, which comes before all else', outcome: { faults: ['cut'] }, complaints: [/cut/] },
  {
    name: 'several things at once',
    expectation: { status: 1, expectIds: [3], noExpectIds: [1] },
    complaints: [/status/, /rule 3/, /rule 1/],
  },
];

describe('complaintsOf', () => {
  for (const { name, expectation, outcome, complaints } of cases) {
    it(`sees ${name}`, () => {
      const found = complaintsOf({ ...seen, ...outcome }, { ...nothingExpected, ...expectation });
      expect(found.length, found.join('; ')).toBe(complaints.length);
      for (const [index, pattern] of complaints.entries()) expect(found[index] ?? '').toMatch(pattern);
    });
  }
});
