// Lists of tests that do not count.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readIgnoreList } from '../../src/ftw/ignore-list.ts';

describe('readIgnoreList', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-ignore-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const read = (text: string): ReadonlyMap<string, string> => {
    const file = join(folder, 'ignore.yaml');
    writeFileSync(file, text);
    return readIgnoreList(file);
  };

  it('reads reasons by test id', () => {
    expect([...read('942100-1: RFC 9110 §5.3 says so\n"1-2": >\n  two\n  lines of text\n')]).toStrictEqual([
      ['942100-1', 'RFC 9110 \xc2\xa75.3 says so'],
      ['1-2', 'two lines of text'],
    ]);
  });

  it('reads an empty file as an empty list', () => {
    expect(read('# none\n').size).toBe(0);
  });

  for (const [name, text] of [
    ['a key that is not a test id', 'all: because I say so'],
    ['a test without reason', '942100-1:'],
    ['a reason that says nothing', '942100-1: flaky'],
    ['a list', '- 942100-1'],
    ['a test twice', '1-1: this reason here\n1-1: this reason here'],
  ] as const) {
    it(`refuses ${name}`, () => {
      expect(() => read(text)).toThrow(
        expect.objectContaining({ code: 'config.invalid', message: expect.stringMatching(/ignore\.yaml:\d+: /) }),
      );
    });
  }

  it('rejects a file that does not exist', () => {
    expect(() => readIgnoreList(join(folder, 'no.yaml'))).toThrow(expect.objectContaining({ code: 'config.invalid' }));
  });
});
