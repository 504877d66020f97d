import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isPack, isPackArchive } from '../../src/pack/is-pack.ts';
import { ruleFolder } from '../seclang/rule-folder.ts';

describe('isPack', () => {
  it('recognises folders by their manifest and archives by their names', (test) => {
    const pack = ruleFolder(test, { 'pack.yaml': '', 'rules.conf': '' });
    const named = join(pack, 'folder.tgz');
    mkdirSync(named);
    const paths = {
      [pack]: true,
      [join(pack, 'x.tgz')]: true,
      [join(pack, 'x.tar.gz')]: true,
      [join(pack, 'rules.conf')]: false,
      [join(pack, 'pack.yaml')]: false,
      [ruleFolder(test, { 'rules.conf': '' })]: false,
      [named]: false,
      [join(pack, 'missing')]: false,
    };
    for (const [path, expected] of Object.entries(paths)) expect(isPack(path), path).toBe(expected);
    expect(isPackArchive(named)).toBe(false);
  });
});
