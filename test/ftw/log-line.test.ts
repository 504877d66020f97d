// Matches as log lines.

import { describe, expect, it } from 'vitest';
import type { RuleMatch } from '../../src/decision/verdict.ts';
import { logLineOf } from '../../src/ftw/log-line.ts';

const match: RuleMatch = {
  ruleId: 920540,
  phase: 2,
  message: 'Possible bypass',
  messageValues: [],
  logData: 'found within ARGS:a: b',
  severity: 'CRITICAL',
  tags: ['one', 'two'],
  file: 'a.conf',
  line: 7,
  variable: 'ARGS:a',
  isLogged: true,
  isAudited: true,
};

describe('logLineOf', () => {
  it('writes each part in brackets', () => {
    expect(logLineOf(match)).toBe(
      '[file "a.conf"] [line "7"] [id "920540"] [msg "Possible bypass"] [data "found within ARGS:a: b"] ' +
        '[severity "CRITICAL"] [tag "one"] [tag "two"]',
    );
  });

  it('leaves out what the rule does not have', () => {
    const { severity: _, ...rest } = match;
    expect(logLineOf({ ...rest, message: '', logData: '', tags: [] })).toBe('[file "a.conf"] [line "7"] [id "920540"]');
  });

  it('lets no value end its brackets or its line', () => {
    const line = logLineOf({ ...match, logData: 'a"] [id "1"]\r\n\0\x7f\xff' });
    expect(line.includes('[data "a\\x22] [id \\x221\\x22]\\x0d\\x0a\\x00\\x7f\xff"]'), line).toBe(true);
    expect(line.match(/\[id "\d+"\]/g)?.length).toBe(1);
  });
});
