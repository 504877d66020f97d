import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ruleTestText } from '../../../src/cli/pack/rule-test-text.ts';
import { readTests } from '../../../src/ftw/suite-reader.ts';
import { ruleFolder } from '../../seclang/rule-folder.ts';

describe('ruleTestText', () => {
  it('is parsed as tests of the rule, each with its expected result', (test) => {
    const text = ruleTestText(7, 'words', [
      { what: 'attack', target: '/a"b?q=1', isFound: true },
      { what: 'near miss', target: '/c', isFound: false },
    ]);
    const folder = ruleFolder(test, { '7.yaml': text });
    const stages = readTests([join(folder, '7.yaml')]).flatMap(({ id, stages: all }) =>
      all.map(({ input, expectation }) => [id, input.uri, expectation]),
    );
    expect(stages).toMatchObject([
      ['7-1', '/a"b?q=1', { status: 403 }],
      ['7-2', '/c', { status: 200 }],
    ]);
  });
});
