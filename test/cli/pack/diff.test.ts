import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packFiles } from '../../pack/pack-files.ts';
import { ruleFolder } from '../../seclang/rule-folder.ts';
import { runPack } from './run-pack.ts';

describe('weir pack diff', () => {
  it('lists rules, and changed verdicts of recorded exchanges', async (test) => {
    const old = ruleFolder(test, packFiles());
    const later = ruleFolder(
      test,
      packFiles({ version: '1.1.0', 'rules.conf': 'SecRule ARGS "@contains attacks" "id:1001,phase:2,deny,t:none"\n' }),
    );
    const plain = await runPack('diff', old, later);
    expect(plain).toMatchObject({
      code: 0,
      out: 'acme 1.0.0 -> acme 1.1.0\nadded: none\nremoved: none\nchanged: 1001\nsettings: none\nprofile: none\n',
    });
    const log = join(ruleFolder(test, { 'a.http': 'GET /?q=attack HTTP/1.1\r\nHost: h\r\n\r\n' }), 'a.http');
    const replayed = await runPack('diff', old, later, '--log', log);
    expect(replayed.code).toBe(1);
    expect(replayed.out).toMatch(/before: block, rules 1001\n {4}after: {2}allow\n/);
  });
});
