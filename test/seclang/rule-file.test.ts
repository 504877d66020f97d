import { execFileSync } from 'node:child_process';
import { symlinkSync, truncateSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { constants } from '../../src/base/constants.ts';
import { FileReader, rootOf } from '../../src/seclang/rule-file.ts';
import { ruleFolder } from './rule-folder.ts';

describe('FileReader', () => {
  it('reads a file, also through links', (test) => {
    const folder = ruleFolder(test, { 'a.conf': 'caf\xe9' });
    symlinkSync('a.conf', join(folder, 'b.conf'));
    const read = new FileReader().read(join(folder, 'b.conf'), rootOf(folder, true));
    expect(read).toStrictEqual({ text: 'caf\xe9', real: join(folder, 'a.conf'), isOwn: true });
  });

  it('reports whether a file is below the root', (test) => {
    const folder = ruleFolder(test, { 'a.conf': '', 'b/c.conf': '' });
    const reader = new FileReader();
    expect(reader.read(join(folder, 'a.conf'), rootOf(join(folder, 'b'))).isOwn).toBe(false);
    expect(reader.read(join(folder, 'a.conf'), rootOf(join(folder, 'a.conf'))).isOwn).toBe(true);
    expect(() => reader.read(join(folder, 'a.conf'), rootOf(join(folder, 'b'), true))).toThrow(
      /it is outside the pack/,
    );
  });

  const bound = expect.objectContaining({
    name: 'WafError',
    message: `it is larger than ${constants.ruleFileBytesMax} bytes`,
  });

  it('rejects a file above the limit, even by one byte, whatever size is reported', (test) => {
    const folder = ruleFolder(test, { 'big.data': 'x'.repeat(constants.ruleFileBytesMax + 1), sparse: '' });
    truncateSync(join(folder, 'sparse'), 2 ** 31);
    const reader = new FileReader();
    for (const name of ['big.data', 'sparse']) {
      expect(() => reader.read(join(folder, name), rootOf(folder))).toThrow(bound);
    }
    // Has no size and does not end.
    expect(() => reader.read('/proc/self/pagemap', rootOf(folder))).toThrow(bound);
  });

  it('accepts a file of exactly the limit, and all files of a load up to theirs', (test) => {
    const folder = ruleFolder(test, { 'a.data': 'x'.repeat(constants.ruleFileBytesMax) });
    const reader = new FileReader();
    const read = () => reader.read(join(folder, 'a.data'), rootOf(folder)).text.length;
    for (let count = 0; count < constants.ruleBytesMax / constants.ruleFileBytesMax; count++) {
      expect(read()).toBe(constants.ruleFileBytesMax);
    }
    expect(read).toThrow(new RegExp(`the files of a load exceed ${constants.ruleBytesMax} bytes`));
  });

  it('does not wait: what is not a regular file is rejected', async (test) => {
    const folder = ruleFolder(test, {});
    execFileSync('mkfifo', [join(folder, 'fifo')]);
    const server = createServer().listen(join(folder, 'socket'));
    test.onTestFinished(() => {
      server.close();
    });
    await new Promise((resolve) => server.once('listening', resolve));
    symlinkSync('/dev/zero', join(folder, 'device'));
    const reader = new FileReader();
    for (const name of ['fifo', 'device', '.']) {
      expect(() => reader.read(join(folder, name), rootOf(folder)), name).toThrow(/it is not a regular file/);
    }
    expect(() => reader.read(join(folder, 'socket'), rootOf(folder))).toThrow(
      expect.objectContaining({ code: 'seclang.include' }),
    );
  });

  it('reports why a file cannot be read', (test) => {
    const folder = ruleFolder(test, {});
    symlinkSync('loop', join(folder, 'loop'));
    for (const [name, reason] of [
      ['no', /^no such file$/],
      ['loop', /circle/],
      ['a\0b', /contains a NUL/],
      ['x'.repeat(5_000), /name is too long/],
    ] as const) {
      expect(() => new FileReader().read(join(folder, name), rootOf(folder))).toThrow(reason);
    }
  });
});
