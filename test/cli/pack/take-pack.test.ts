import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { takePack } from '../../../src/cli/pack/take-pack.ts';
import { digestOf } from '../../../src/pack/digest.ts';
import { readLock } from '../../../src/pack/lock-file.ts';
import { packArchive, packFiles } from '../../pack/pack-files.ts';
import { ruleFolder } from '../../seclang/rule-folder.ts';

describe('takePack', () => {
  it('keeps a pack under its name, and adds it to the lock file', async (test) => {
    const output = ruleFolder(test, {});
    const lock = join(output, 'weir.lock');
    for (const name of ['one', 'two']) {
      const archive = readFileSync(await packArchive(test, packFiles({ name })));
      const said = await takePack({ archive, signatures: Buffer.from('{}') }, 'from here', { output, lock });
      expect(said).toBe(`${output}/${name}-1.0.0.tgz ${digestOf(archive)}\n`);
    }
    expect(new Set(readdirSync(output))).toStrictEqual(
      new Set(['one-1.0.0.tgz', 'one-1.0.0.tgz.sig', 'two-1.0.0.tgz', 'two-1.0.0.tgz.sig', 'weir.lock']),
    );
    expect([...readLock(lock, { isOptional: false })].map(([name, { source }]) => [name, source])).toStrictEqual([
      ['one', 'from here'],
      ['two', 'from here'],
    ]);
  });

  it('leaves nothing of a rejected pack behind', async (test) => {
    const output = ruleFolder(test, {});
    const lock = join(output, 'weir.lock');
    const bytes = { archive: Buffer.from('no archive'), signatures: undefined };
    await expect(takePack(bytes, 'x', { output, lock })).rejects.toMatchObject({ code: 'pack.malformed' });
    expect(readdirSync(output)).toStrictEqual([]);
  });
});
