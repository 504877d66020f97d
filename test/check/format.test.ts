import { describe, expect, it } from 'vitest';
import { formatRuleReports } from '../../src/check/format.ts';
import type { RuleReport } from '../../src/check/rule-report.ts';

const set = {
  chain: ['lowercase'],
  patternCount: 2,
  re2PatternCount: 1,
  databaseBytes: 3 * 1024 * 1024,
  streamBytes: 40,
  compileMs: 2_500,
  fromCache: false,
};
const report: RuleReport = {
  isFine: false,
  loaded: 3,
  skipped: 1,
  failed: 0,
  folded: 1,
  files: [{ file: 'rules/a.conf', loaded: 3, skipped: 1, failed: 0 }],
  problems: [
    { kind: 'skipped', file: 'rules/a.conf', line: 7, column: 3, ruleId: 12, reason: 'operator @rbl' },
    { kind: 'ignored', file: 'rules/a.conf', line: 1, column: 1, reason: 'SecTmpDir: bodies are never written' },
  ],
  notices: ['the example is used'],
  patterns: [
    { id: 0, operator: 'rx', chain: ['lowercase'], engine: 'hyperscan', why: '', ruleIds: [1, 2] },
    { id: 1, operator: 'rx', chain: [], engine: 're2', why: 'an anchor is inside', ruleIds: [3] },
    { id: 2, operator: 'rx', chain: [], engine: 're2', why: 'an anchor is inside', ruleIds: [] },
  ],
  sets: [set, { ...set, chain: undefined, databaseBytes: 100, fromCache: true }],
  loadMs: 420,
};
const human = (of: RuleReport = report, withPatterns = false): string =>
  formatRuleReports([{ profiles: ['default'], report: of }], { form: 'human', withPatterns });

describe('formatRuleReports', () => {
  it('prints problems in the format that editors parse', () => {
    expect(human()).toMatch(/^rules\/a\.conf:7:3: rule 12 skipped: operator @rbl$/m);
    expect(human()).toMatch(/^rules\/a\.conf:1:1: ignored: SecTmpDir/m);
  });

  it('shows expected notices of CRS plugins only in detail, and counts them', () => {
    const place = { file: 'a', line: 1, column: 1 };
    const problems = [
      { kind: 'expected', ...place, reason: 'of a plugin' },
      { kind: 'notice', ...place, reason: 'of a rule' },
    ] as const;
    const told = { ...report, isFine: true, problems };
    expect(human(told)).not.toMatch(/of a plugin/);
    expect(human(told)).toMatch(/^a:1:1: notice: of a rule$/m);
    expect(human(told)).toMatch(/\nfine: 3 rules run, 1 notices\n$/);
    expect(human(told, true)).toMatch(/^a:1:1: expected: of a plugin$/m);
  });

  it('sums up rules, patterns, sets and costs', () => {
    const text = human();
    expect(text).toMatch(/^rules\/a\.conf +3 +1 +0$/m);
    expect(text).toMatch(/^patterns: 1 hyperscan, 1 re2, 0 detector, 0 script$/m);
    expect(text).toMatch(/^ {2}re2, because an anchor is inside: rule 3$/m);
    expect(text).toMatch(/^ {2}1 more belong to rules that can never run/m);
    expect(text).toMatch(/^pattern sets: 2, 3\.0 MiB, stream state 80 B, 1 from the cache, 5\.0 s of compilation$/m);
    expect(text).toMatch(/^ {2}lowercase +2 +1 +3\.0 MiB +40 B +2\.5 s$/m);
    expect(text).toMatch(/^ {2}\(several\) +2 +1 +100 B +40 B +cache$/m);
    expect(text).toMatch(/^loaded in 420 ms$/m);
    expect(text).toMatch(/^notice: the example is used$/m);
  });

  it('ends with the verdict', () => {
    expect(human()).toMatch(/\nFAILED: 0 rules or directives failed, 1 skipped\n$/);
    expect(human({ ...report, isFine: true })).toMatch(/\nfine: 3 rules run\n$/);
    const syntax = { kind: 'syntax', file: 'a', line: 1, column: 1, reason: 'no' } as const;
    const broken: RuleReport = {
      ...report,
      loaded: 0,
      skipped: 0,
      files: [],
      problems: [syntax],
      patterns: [],
      sets: [],
    };
    expect(human(broken)).toMatch(/^a:1:1: no\n[\s\S]*FAILED: 1 syntax errors; nothing was loaded\n$/);
    expect(human({ ...broken, problems: [] })).toMatch(/FAILED: no rules\n$/);
  });

  it('shows the largest sets and counts the rest', () => {
    const sets = Array.from({ length: 20 }, (_, index) => ({ ...set, databaseBytes: index }));
    const text = human({ ...report, sets });
    expect(text).toMatch(/ 19 B /);
    expect(text).not.toMatch(/ 7 B /);
    expect(text).toMatch(/and 8 smaller ones/);
  });

  it('lists patterns on request', () => {
    expect(human()).not.toMatch(/^id /m);
    const text = human(report, true);
    expect(text).toMatch(/^id +chain +operator +engine +rules +why$/m);
    expect(text).toMatch(/^0 +lowercase +@rx +hyperscan +1 2$/m);
    expect(text).toMatch(/^1 +none +@rx +re2 +3 +an anchor is inside$/m);
    expect(text).toMatch(/^2 +none +@rx +- +not compiled: its rules can never run$/m);
    // The counts in the summary are those of the table.
    expect(text.match(/ re2 {2}/g)?.length).toBe(1 + Number(/^patterns: .* (\d+) re2/m.exec(text)?.[1]));
  });

  it('is complete in JSON, with the list of patterns on request', () => {
    const all = JSON.parse(
      formatRuleReports([{ profiles: ['default'], report }], { form: 'json', withPatterns: true }),
    );
    expect(all.patterns).toStrictEqual(report.patterns);
    expect(all.sets.length).toBe(2);
    expect('chain' in all.sets[1]).toBe(false);
    const { patterns, patternCounts, problems } = JSON.parse(
      formatRuleReports([{ profiles: ['default'], report }], { form: 'json', withPatterns: false }),
    );
    expect(patterns).toBe(undefined);
    expect(patternCounts).toStrictEqual({ hyperscan: 1, re2: 1, detector: 0, script: 0, unused: 1 });
    expect(problems).toStrictEqual(report.problems);
  });

  it('names the profile of each of several rule sets, and has one verdict', () => {
    const fine = { ...report, isFine: true, problems: [] };
    const reports = [
      { profiles: ['default', 'a'], report: fine },
      { profiles: ['b'], report },
    ];
    const text = formatRuleReports(reports, { form: 'human', withPatterns: false });
    expect(text).toMatch(/^profiles default, a\n/);
    expect(text).toMatch(/^rules\/a\.conf:7:3: rule 12 skipped: operator @rbl \(profile b\)$/m);
    expect(text).toMatch(/\nFAILED: profile b\n$/);
    const { profiles, isFine, others } = JSON.parse(formatRuleReports(reports, { form: 'json', withPatterns: false }));
    expect([profiles, isFine]).toStrictEqual([['default', 'a'], false]);
    expect(others).toMatchObject([{ profiles: ['b'], problems: report.problems }]);
    const [first] = reports as [(typeof reports)[0]];
    expect(formatRuleReports([first, first], { form: 'human', withPatterns: false })).toMatch(
      /\nfine: the rules of 4 profiles run\n$/,
    );
  });
});
