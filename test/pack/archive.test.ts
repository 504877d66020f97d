import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Header, pack as packTar } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { constants } from '../../src/base/constants.ts';
import { WafError } from '../../src/base/errors.ts';
import { isArchive, readArchive } from '../../src/pack/archive.ts';
import { ruleFolder } from '../seclang/rule-folder.ts';

type Entry = Partial<Header> & { readonly name: string; readonly text?: string };

async function tarOf(entries: readonly Entry[]): Promise<Buffer> {
  const tar = packTar();
  for (const { text = '', ...header } of entries) tar.entry(header as Header, text);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const archiveOf = async (entries: readonly Entry[]): Promise<Buffer> => gzipSync(await tarOf(entries));

const refused = (message: RegExp) =>
  expect.toSatisfy(
    (error) => error instanceof WafError && error.code === 'pack.malformed' && message.test(error.message),
  );

describe('readArchive', () => {
  it('reads files, in folders too', async () => {
    const archive = await archiveOf([
      { name: 'lists/', type: 'directory' },
      { name: 'lists/a.data', text: 'A' },
      { name: './b.conf', text: 'B' },
    ]);
    const files = await readArchive(archive);
    expect([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString()])).toStrictEqual([
      ['lists/a.data', 'A'],
      ['b.conf', 'B'],
    ]);
  });

  it('reads GNU tar’s archive of a folder, including long names and non-ASCII names', async (test) => {
    const long = `${'long-'.repeat(30)}.conf`;
    const folder = ruleFolder(test, { 'pack.yaml': 'x', 'sub/a.conf': 'y', [long]: 'z', 'été.conf': 'é' });
    const made = join(ruleFolder(test, {}), 'a.tgz');
    execFileSync('tar', ['-czf', made, '-C', folder, '.']);
    expect(new Set((await readArchive(readFileSync(made))).keys())).toStrictEqual(
      new Set([long, 'pack.yaml', 'sub/a.conf', 'été.conf']),
    );
  });

  it('refuses links that GNU tar keeps', async (test) => {
    const folder = ruleFolder(test, { a: '' });
    mkdirSync(join(folder, 'd'));
    symlinkSync('/etc/passwd', join(folder, 'd/link.conf'));
    const made = join(ruleFolder(test, {}), 'a.tgz');
    execFileSync('tar', ['-czf', made, '-C', folder, '.']);
    await expect(readArchive(readFileSync(made))).rejects.toThrow(refused(/link\.conf" is a symlink/));
  });

  const wrong: readonly (readonly [what: string, entries: readonly Entry[], message: RegExp])[] = [
    ['a path outside', [{ name: '../evil.conf', text: 'x' }], /"\.\.\/evil\.conf" is outside the pack/],
    ['a path that turns back', [{ name: 'a/../../evil.conf', text: 'x' }], /is outside the pack/],
    ['an absolute path', [{ name: '/etc/cron.d/evil', text: 'x' }], /is an absolute path/],
    ['the root', [{ name: '/', type: 'directory' }], /is an absolute path|is empty/],
    ['a symbolic link', [{ name: 'a.conf', type: 'symlink', linkname: '/etc/passwd' }], /"a\.conf" is a symlink/],
    ['a hard link', [{ name: 'a.conf', type: 'link', linkname: 'pack.yaml' }], /"a\.conf" is a link/],
    ['a device', [{ name: 'a', type: 'character-device' }], /is a character-device/],
    ['a FIFO', [{ name: 'a', type: 'fifo' }], /is a fifo/],
    ['a file twice', [{ name: 'a.conf' }, { name: './a.conf' }], /"a\.conf" is in the archive twice/],
    ['a file that is a folder', [{ name: 'a' }, { name: 'a/b' }], /"a" is both a file and a folder/],
    ['a backslash', [{ name: 'a\\..\\b' }], /has a backslash/],
    ['a line break', [{ name: 'a\nb' }], /has a control character/],
    ['a dot in the middle', [{ name: 'a/./b' }], /is not written plainly/],
    ['a path outside in a pax header', [{ name: 'a', pax: { path: '../../x' } }], /is outside the pack/],
  ];
  for (const [what, entries, message] of wrong) {
    it(`refuses ${what}`, async () => {
      await expect(readArchive(await archiveOf(entries))).rejects.toThrow(refused(message));
    });
  }

  it('rejects a sparse file, which tar would expand', async () => {
    const entries = [{ name: 'a', text: '1\n', pax: { 'GNU.sparse.major': '1', 'GNU.sparse.realsize': '999999999' } }];
    await expect(readArchive(await archiveOf(entries))).rejects.toThrow(refused(/^"a" is a sparse file$/));
  });

  for (const name of ['a', 'a/']) {
    it(`rejects the folder ${name} with content, for which the reader would wait forever`, async () => {
      const tar = await tarOf([{ name, type: 'directory' }, { name: 'b.conf' }]);
      tar.write('00000001000\0', 124);
      tar.write(`${checksumOf(tar).toString(8).padStart(6, '0')}\0 `, 148);
      await expect(readArchive(gzipSync(tar))).rejects.toThrow(refused(/^"a\/?" is a folder with 512 bytes$/));
    });
  }

  it('refuses a name that is not UTF-8', async () => {
    const tar = await tarOf([{ name: 'aXb.conf' }]);
    tar[1] = 0xff;
    tar.write(`${checksumOf(tar).toString(8).padStart(6, '0')}\0 `, 148);
    await expect(readArchive(gzipSync(tar))).rejects.toThrow(refused(/is not UTF-8/));
  });

  it('rejects files after the end mark, which other readers would not see', async () => {
    const [first, second] = [await tarOf([{ name: 'a' }]), await tarOf([{ name: 'b' }])];
    await expect(readArchive(gzipSync(Buffer.concat([first, second])))).rejects.toThrow(refused(/after the end/));
    await expect(readArchive(gzipSync(Buffer.concat([first, Buffer.alloc(512, 7)])))).rejects.toThrow(refused(/./));
  });

  it('refuses damage anywhere in the compressed bytes', async () => {
    const text = 'SecMarker A\n'.repeat(20);
    const archive = await archiveOf([{ name: 'a.conf', text }]);
    const changed: string[] = [];
    for (let at = 0; at < archive.length; at += 1) {
      const bytes = Buffer.from(archive);
      bytes[at] = (bytes[at] as number) ^ 0x20;
      const read = await readArchive(bytes).then(
        (files) => Buffer.from(files.get('a.conf') ?? []).toString(),
        (error: WafError) => error.code,
      );
      // Time and system in the gzip header, and padding bits, do not affect the content.
      if (read !== 'pack.malformed' && read !== text) changed.push(read);
    }
    expect(changed).toStrictEqual([]);
    for (let length = 0; length < archive.length; length += 1) {
      await expect(readArchive(archive.subarray(0, length))).rejects.toThrow(refused(/./));
    }
  });

  it('refuses a bomb by its ratio', async () => {
    const bomb = gzipSync(Buffer.alloc(60 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(100_000);
    await expect(readArchive(bomb)).rejects.toThrow(refused(/^\d+ bytes unpack to more than \d+ bytes$/));
  });

  it('refuses a bomb by its size', async () => {
    const noise = gzipSync(Buffer.alloc(1024 * 1024), { level: 0 });
    const members = Array.from({ length: constants.packBytesMax / (1024 * 1024) + 20 }, () => noise);
    const archive = Buffer.concat(members);
    await expect(readArchive(archive)).rejects.toThrow(refused(/larger than|unpack to more than/));
  });

  it('refuses too many files, however small', async () => {
    const header = (await tarOf([{ name: 'name-000000' }])).subarray(0, 512);
    const sum = checksumOf(header);
    const many = Buffer.alloc(100_000 * 512 + 1024);
    for (let index = 0; index < 100_000; index += 1) {
      const digits = `${index}`.padStart(6, '0');
      header.copy(many, index * 512);
      many.write(digits, index * 512 + 5);
      const added = [...digits].reduce((total, digit) => total + Number(digit), 0);
      many.write(`${(sum + added).toString(8).padStart(6, '0')}\0 `, index * 512 + 148);
    }
    const message = refused(/^the archive has more than 10000 files and folders$/);
    await expect(readArchive(gzipSync(many, { level: 1 }))).rejects.toThrow(message);
  });

  it('refuses what is not an archive', async () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('files: [a]'), gzipSync('not a tar'.repeat(200))]) {
      await expect(readArchive(bytes)).rejects.toThrow(refused(/./));
    }
    expect([isArchive(gzipSync('')), isArchive(Buffer.from('PK'))]).toStrictEqual([true, false]);
  });
});

/** The checksum of a tar header, with the checksum's own bytes as spaces (POSIX ustar). */
function checksumOf(block: Buffer): number {
  const summed = Buffer.from(block.subarray(0, 512)).fill(0x20, 148, 156);
  return summed.reduce((total, byte) => total + byte, 0);
}
