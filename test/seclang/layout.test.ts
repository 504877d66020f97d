import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
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
    assert.deepEqual(rootOf('pack'), { folder: join(folder, 'pack'), isConfined: true });
    assert.deepEqual(rootOf('release'), { folder: join(folder, 'release'), isConfined: false });
    assert.deepEqual(rootOf('plain'), { folder: join(folder, 'plain'), isConfined: false });
    assert.deepEqual(rootOf('plain/a.conf'), { folder: join(folder, 'plain'), isConfined: false });
  });
});
