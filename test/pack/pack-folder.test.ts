import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPackFolder } from '../../src/pack/pack-folder.ts';
import { ruleFolder } from '../seclang/rule-folder.ts';

describe('readPackFolder', () => {
  it('reads every file that belongs to the pack', (test) => {
    const folder = ruleFolder(test, {
      'pack.yaml': 'x',
      'tests/1.yaml': 'y',
      '.git/config': '',
      'a.conf~': '',
      'acme-1.0.0.tgz': '',
      'acme-1.0.0.tgz.sig': '',
      'signing.key': 'secret',
      'signing.pem': 'secret',
    });
    expect([...readPackFolder(folder).keys()]).toStrictEqual(['pack.yaml', 'tests/1.yaml']);
  });

  it('refuses links, whatever they lead to, and what is not a file', (test) => {
    const folder = ruleFolder(test, { 'a.conf': '' });
    symlinkSync('a.conf', join(folder, 'b.conf'));
    expect(() => readPackFolder(folder)).toThrow(/^"b\.conf" is neither a file nor a folder: a pack has no links$/);
    const other = ruleFolder(test, {});
    execFileSync('mkfifo', [join(other, 'fifo')]);
    expect(() => readPackFolder(other)).toThrow(/"fifo" is neither/);
  });

  it('refuses names that no pack may have', (test) => {
    expect(() => readPackFolder(ruleFolder(test, { 'a\\b.conf': '' }))).toThrow(/has a backslash/);
  });
});
