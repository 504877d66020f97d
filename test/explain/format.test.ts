import { describe, expect, it } from 'vitest';
import type { ExplainedMatch, ExplainedValue, Explanation } from '../../src/explain/explanation.ts';
import { formatExplanation } from '../../src/explain/format.ts';

const excerpt = (text: string, length = text.length) => ({ text, offset: 0, length });
const match: ExplainedMatch = {
  ruleId: 7,
  phase: 2,
  file: 'rules/a.conf',
  line: 12,
  message: 'found\x1b',
  logData: 'in ARGS:a',
  severity: 'CRITICAL',
  tags: ['one', 'two'],
  action: 'pass',
  isReported: true,
  links: [
    {
      line: 12,
      operator: '@rx \\bevil',
      values: [
        {
          variable: 'ARGS:a',
          received: excerpt('an%20EVIL word'),
          steps: [
            { transformation: 'urlDecodeUni', value: excerpt('an EVIL word') },
            { transformation: 'lowercase', value: excerpt('an evil word') },
          ],
          tested: excerpt('an evil word'),
          found: { from: 3, to: 7, text: 'evil' },
        },
      ],
      moreValues: 2,
    },
    { line: 13, operator: '!@eq 0', values: [], moreValues: 0 },
  ],
  inboundScore: 5,
  outboundScore: 0,
};
const explanation: Explanation = {
  fields: [
    { kind: 'ARGS_GET_NAMES', name: 'a', value: excerpt('a') },
    { kind: 'ARGS_GET', name: 'a', value: excerpt('x'.repeat(1_000), 5_000) },
  ],
  moreFields: 3,
  facts: { BODY_TYPE_MISMATCH: 'application/json/xml' },
  parts: [],
  matches: [match, { ...match, ruleId: 8, isReported: false }],
  verdict: { kind: 'block', ruleId: 9, status: 403, phase: 2 },
  inboundScore: 5,
  outboundScore: 0,
  request: { bytes: 100_000, inspectedBytes: 16_384 },
  response: undefined,
  uninspected: { 'kept-values': 17 },
  problems: [{ cause: 'parse', message: 'not JSON' }],
};
const human = (of: Explanation = explanation, isComplete = false): string =>
  formatExplanation(of, { form: 'human', isComplete });

describe('formatExplanation', () => {
  it('shows fields, cut, with their length', () => {
    expect(human()).toMatch(/^ {2}ARGS_GET:a {2}"x{120}"… \(5000 bytes\)$/m);
    expect(human()).toMatch(/^ {2}and 3 more$/m);
    expect(human()).toMatch(/^ {2}BODY_TYPE_MISMATCH is "application\/json\/xml"$/m);
  });

  it('shows a match from the received value to the place', () => {
    expect(
      human().includes(`  rule 7 (phase 2, CRITICAL, pass): found\\x1b
    at rules/a.conf:12
    tags one, two
    @rx \\bevil
      ARGS:a, bytes 3–7 of 12
        received        "an%20EVIL word"
        t:urlDecodeUni  "an EVIL word"
        t:lowercase     "an »evil« word"
      and 2 more values
    !@eq 0 (line 13)
    logged "in ARGS:a"
    score 5 inbound, 0 outbound
`),
      human(),
    ).toBe(true);
  });

  it('leaves out names and bookkeeping rules, unless everything is requested', () => {
    expect(human()).not.toMatch(/_NAMES|rule 8 /);
    expect(human()).toMatch(/1 bookkeeping rules matched too \(--all shows them\)/);
    expect(human(explanation, true)).toMatch(/ARGS_GET_NAMES:a/);
    expect(human(explanation, true)).toMatch(/rule 8 /);
    expect(human(explanation, true)).not.toMatch(/--all/);
  });

  it('marks alternate readings', () => {
    const value = { ...(match.links[0]?.values[0] as ExplainedValue), isReading: true as const };
    const field = { kind: 'ARGS_GET', name: 'a', value: excerpt('x'), isReading: true as const };
    const links = [{ line: 12, operator: '@rx a', values: [value], moreValues: 0 }];
    const text = human({ ...explanation, fields: [field], matches: [{ ...match, links }] });
    expect(text).toMatch(/^ {2}ARGS_GET:a {2}"x" \(alternate reading\)$/m);
    expect(text).toMatch(/^ {6}ARGS:a \(alternate reading\), bytes 3–7 of 12$/m);
  });

  it('reports what was not inspected', () => {
    expect(human()).toMatch(/^of the request body 16384 of 100000 bytes were inspected before the verdict$/m);
    expect(human()).toMatch(/^not seen by some operator: 17 bytes \(kept-values\)$/m);
    expect(human()).toMatch(/^problem: not JSON \(parse\)$/m);
  });

  it('shows the end of a value if no more is kept', () => {
    const end = { text: '…xevil', offset: undefined, length: undefined };
    const value = {
      variable: 'ARGS:a',
      received: undefined,
      steps: [],
      tested: end,
      found: { from: undefined, to: 200_004, text: 'evil' },
    };
    const link = { line: 12, operator: '@rx evil', values: [value], moreValues: 0 };
    expect(human({ ...explanation, matches: [{ ...match, links: [link] }] })).toMatch(
      /ARGS:a up to byte 200004\n {8}tested {2}"/,
    );
  });

  it('ends with the verdict', () => {
    const ends = (verdict: Explanation['verdict'], line: RegExp) =>
      expect(human({ ...explanation, verdict })).toMatch(line);
    ends(explanation.verdict, /\nverdict: block with 403 by rule 9 in phase 2; score 5 inbound, 0 outbound\n$/);
    ends({ kind: 'allow' }, /\nverdict: allow; score 5 inbound, 0 outbound\n$/);
    ends(
      { kind: 'detect', ruleId: 9, status: 403, phase: 2 },
      /\nverdict: allow, because the rules only detect; otherwise 403 by rule 9/,
    );
    ends(
      { kind: 'block', ruleId: 0, status: 400, phase: 2, cause: 'parse' },
      /\nverdict: block with 400 by the failure policy in phase 2 \(parse\)/,
    );
    expect(human({ ...explanation, matches: [] })).toMatch(/^no rule matched$/m);
  });

  it('is complete in JSON', () => {
    expect(JSON.parse(formatExplanation(explanation, { form: 'json', isComplete: false }))).toStrictEqual(
      JSON.parse(JSON.stringify(explanation)),
    );
  });

  const block = { kind: 'block', ruleId: 9, status: 403, phase: 2 } as const;
  for (const [verdict, line] of [
    [{ kind: 'allow' }, 'verdict: allow; score 5 inbound, 0 outbound'],
    [block, 'verdict: block with 403 by rule 9 in phase 2; score 5 inbound, 0 outbound'],
    [
      { ...block, kind: 'detect' },
      'verdict: allow, because the rules only detect; otherwise 403 by rule 9 in phase 2; score 5 inbound, 0 outbound',
    ],
    [
      { ...block, ruleId: 0, cause: 'parse' },
      'verdict: block with 403 by the failure policy in phase 2 (parse); score 5 inbound, 0 outbound',
    ],
    [
      { ...block, status: 302, location: 'https://x/' },
      'verdict: block with 302 to https://x/ by rule 9 in phase 2; score 5 inbound, 0 outbound',
    ],
  ] as const) {
    it(`ends with the verdict: ${line}`, () => {
      expect(
        human({ ...explanation, verdict })
          .trimEnd()
          .split('\n')
          .at(-1),
      ).toBe(line);
    });
  }

  it('leaves out of a match what it has not', () => {
    const bare = { ...match, message: '', severity: undefined, tags: [], logData: '', links: [] };
    expect(human({ ...explanation, matches: [bare] })).toContain(`matches
  rule 7 (phase 2, pass)
    at rules/a.conf:12
    score 5 inbound, 0 outbound
`);
    expect(human({ ...explanation, matches: [] })).toContain('no rule matched');
  });

  it('shows at most 120 characters of an operator', () => {
    const at = (length: number): string => {
      const link = { line: 12, operator: 'x'.repeat(length), values: [], moreValues: 0 };
      return human({ ...explanation, matches: [{ ...match, links: [link] }] });
    };
    expect(at(120)).toMatch(/^ {4}x{120}$/m);
    expect(at(121)).toMatch(/^ {4}x{120}…$/m);
  });

  it('shows chains that matched in part, when all is wanted', () => {
    const part = {
      ruleId: 11,
      phase: 2,
      file: 'rules/b.conf',
      line: 3,
      links: [{ line: 3, operator: '@rx a', values: [], moreValues: 0 }],
      missed: { line: 4, operator: '@rx b' },
    } as unknown as Explanation['parts'][number];
    expect(human({ ...explanation, parts: [part] })).toContain('  1 chains matched in part (--all shows them)\n');
    expect(human({ ...explanation, parts: [part] }, true)).toContain(`  rule 11 (phase 2) matched in part
    at rules/b.conf:3
    @rx a
    did not match: @rx b (line 4)
`);
  });

  it('says of both bodies how much was inspected, when that is not all', () => {
    const body = (bytes: number, inspectedBytes: number) => ({ bytes, inspectedBytes });
    const text = human({ ...explanation, request: body(10, 10), response: body(20, 5) });
    expect(text).not.toContain('request body');
    expect(text).toContain('of the response body 5 of 20 bytes were inspected before the verdict\n');
  });
});
