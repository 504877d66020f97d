import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { parseSocketMode, type SocketAccess, setSocketAccess } from '../../src/ext-proc/socket-access.ts';
import { transports } from '../support/transports.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-socket-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('parseSocketMode', () => {
  it('reads octal digits and refuses everything else', () => {
    expect(['0660', '660', '0777', '000'].map(parseSocketMode)).toStrictEqual([0o660, 0o660, 0o777, 0]);
    for (const text of ['', '66', '0o660', '888', '01777', '-660', '660 ', 'rw-rw----']) {
      expect(() => parseSocketMode(text), text).toThrow(
        expect.objectContaining({ code: 'config.invalid', message: expect.stringMatching(/three digits from 0 to 7/) }),
      );
    }
  });
});

describe.each(transports)('a Unix socket of $name', ({ create }) => {
  /** The file of a socket that was opened with this access. */
  async function opened(access: SocketAccess) {
    const path = join(folder, 'weir.sock');
    const transport = create(() => expect.fail(), limits);
    try {
      await transport.listen(`unix:${path}`, access);
      const { mode, uid, gid } = statSync(path);
      return { mode: mode & 0o777, uid, gid };
    } finally {
      await transport.close({ drainMs: 100 });
    }
  }

  it('gets the requested mode, whatever the umask', async () => {
    const umask = process.umask();
    for (const mode of [0o660, 0o600, 0o777]) expect((await opened({ mode })).mode).toBe(mode);
    expect(process.umask()).toBe(umask);
    expect((await opened({})).mode).toBe(0o777 & ~umask);
  });

  it.skipIf(process.geteuid?.() !== 0 && 'only root can')('gets a user and group, by name or number', async () => {
    const access = await opened({ mode: 0o660, user: '4711', group: 'daemon' });
    expect([access.mode, access.uid, access.gid > 0]).toStrictEqual([0o660, 4711, true]);
  });

  it('is not left open to others if that fails', async () => {
    for (const access of [{ group: 'no-such-group' }, { user: 'no-such-user', mode: 0o600 }]) {
      await expect(opened(access)).rejects.toThrow(
        expect.objectContaining({
          code: 'config.invalid',
          message: expect.stringMatching(/there is no (user|group) "no-such-/),
        }),
      );
    }
    expect(() => setSocketAccess(join(folder, 'missing'), { mode: 0o600 })).toThrow(
      expect.objectContaining({ code: 'config.invalid' }),
    );
  });
});
