// Lists of tests that do not count.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { readIgnoreList } from '../../src/ftw/ignore-list.ts';

describe('readIgnoreList', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-ignore-'));
  after(() => rmSync(folder, { recursive: true }));
  const read = (text: string): ReadonlyMap<string, string> => {
    const file = join(folder, 'ignore.yaml');
    writeFileSync(file, text);
    return readIgnoreList(file);
  };

  it('reads reasons by test id', () => {
    assert.deepEqual(
      [...read('942100-1: RFC 9110 §5.3 says so\n"1-2": >\n  two\n  lines of text\n')],
      [
        ['942100-1', 'RFC 9110 \xc2\xa75.3 says so'],
        ['1-2', 'two lines of text'],
      ],
    );
  });

  it('reads an empty file as an empty list', () => {
    assert.equal(read('# none\n').size, 0);
  });

  for (const [name, text] of [
    ['a key that is no test id', 'all: because I say so'],
    ['a test without reason', '942100-1:'],
    ['a reason that says nothing', '942100-1: flaky'],
    ['a list', '- 942100-1'],
    ['a test twice', '1-1: this reason here\n1-1: this reason here'],
  ] as const) {
    it(`refuses ${name}`, () => {
      assert.throws(() => read(text), { code: 'config.invalid', message: /ignore\.yaml:\d+: / });
    });
  }

  it('refuses a file that is not there', () => {
    assert.throws(() => readIgnoreList(join(folder, 'no.yaml')), { code: 'config.invalid' });
  });
});
