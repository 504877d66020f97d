import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { layoutOf } from '../../src/seclang/layout.ts';
import { FileReader } from '../../src/seclang/rule-file.ts';
import { ruleFolder } from './rule-folder.ts';

// The order of files is tested through loadRuleFiles, which is what users meet.
describe('layoutOf', () => {
  it('confines packs, and nothing else', (test) => {
    const folder = ruleFolder(test, {
      'pack/pack.yaml': 'files: [a.conf]',
      'pack/a.conf': '',
      'release/rules/a.conf': '',
      'plain/a.conf': '',
    });
    const rootOf = (name: string) => layoutOf(join(folder, name), new FileReader()).root;
    expect(rootOf('pack')).toStrictEqual({ folder: join(folder, 'pack'), isConfined: true });
    expect(rootOf('release')).toStrictEqual({ folder: join(folder, 'release'), isConfined: false });
    expect(rootOf('plain')).toStrictEqual({ folder: join(folder, 'plain'), isConfined: false });
    expect(rootOf('plain/a.conf')).toStrictEqual({ folder: join(folder, 'plain'), isConfined: false });
  });
});
