import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readArchive } from '../../src/pack/archive.ts';
import { writeArchive } from '../../src/pack/archive-writer.ts';
import { digestOf } from '../../src/pack/digest.ts';
import { byName } from '../../src/seclang/rule-source.ts';
import { ruleFolder } from '../seclang/rule-folder.ts';

const files = new Map([
  ['b.conf', Buffer.from('SecMarker B\n')],
  ['a/é.data', Buffer.from([0, 255, 10])],
  [`${'x'.repeat(120)}/${'y'.repeat(90)}.conf`, Buffer.from('long')],
  ['empty', Buffer.alloc(0)],
]);

describe('writeArchive', () => {
  it('writes what readArchive reads', async () => {
    const read = await readArchive(await writeArchive(files));
    expect(new Map([...read].map(([path, bytes]) => [path, Buffer.from(bytes)]))).toStrictEqual(files);
    expect([...read.keys()]).toStrictEqual([...files.keys()].sort(byName));
  });

  it('writes the same bytes for the same files, in any order', async () => {
    const one = digestOf(await writeArchive(files));
    expect(digestOf(await writeArchive(new Map([...files].reverse())))).toBe(one);
    // The same on every machine, so that others can rebuild what was signed: it changes only with the compressor.
    expect(one).toBe('sha256:82aaf2bade3d63fc395ce2e741e4599752e0bcad40ae294b46df956cccbc6263');
  });

  it('writes what GNU tar reads', async (test) => {
    const path = join(ruleFolder(test, {}), 'a.tgz');
    writeFileSync(path, await writeArchive(files));
    const listed = execFileSync('tar', ['-tvzf', path, '--full-time', '--numeric-owner'], {
      env: { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8' },
      encoding: 'utf8',
    });
    expect(listed.split('\n').filter((line) => line.includes('b.conf'))).toStrictEqual([
      '-rw-r--r-- 0/0              12 1970-01-01 00:00:00 b.conf',
    ]);
    expect(execFileSync('tar', ['-xzOf', path, 'b.conf'], { encoding: 'utf8' })).toBe('SecMarker B\n');
  });

  it('refuses a path that no pack may have', async () => {
    await expect(writeArchive(new Map([['../a', Buffer.alloc(0)]]))).rejects.toThrow(/is outside the pack/);
  });
});
