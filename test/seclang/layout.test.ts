import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { layoutOf } from '../../src/seclang/layout.ts';
import { ruleFolder } from './rule-folder.ts';

// The order of files is tested in load.test.ts, with their contents.
describe('layoutOf', () => {
  it('has no root: rules that are not a pack belong to the user', (test) => {
    const folder = ruleFolder(test, {
      'release/rules/a.conf': '',
      'plain/a.conf': '',
    });
    const rootOf = (name: string) => layoutOf(join(folder, name)).root;
    expect(rootOf('release')).toMatchObject({ folder: join(folder, 'release'), isConfined: false });
    expect(rootOf('plain')).toMatchObject({ folder: join(folder, 'plain'), isConfined: false });
    expect(rootOf('plain/a.conf')).toMatchObject({ folder: join(folder, 'plain'), isConfined: false });
  });
});
