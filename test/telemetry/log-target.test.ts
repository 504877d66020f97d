import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openLogFile, openStandardError } from '../../src/telemetry/log-target.ts';
import { Fifo } from '../support/fifo.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-log-target-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('openLogFile', () => {
  it('appends, and keeps strangers from reading a new file', async () => {
    const path = join(folder, 'a.log');
    const target = openLogFile(path);
    expect(await target.write(Buffer.from('one\n'))).toBe(4);
    expect(target.writeNow(Buffer.from('two\n'))).toBe(4);
    target.close();
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
    expect(statSync(path).mode & 0o007).toBe(0);
  });

  it('reports whether the file ends in the middle of a line', () => {
    for (const [text, expected] of [
      ['', false],
      ['whole\n', false],
      ['whole\nhal', true],
    ] as const) {
      const path = join(folder, 'b.log');
      writeFileSync(path, text);
      const target = openLogFile(path);
      expect(target.endsInLine, JSON.stringify(text)).toBe(expected);
      target.close();
    }
  });

  it('notices that the file was renamed, removed or replaced', async () => {
    const path = join(folder, 'c.log');
    const target = openLogFile(path);
    expect(await target.isReplaced()).toBe(false);
    renameSync(path, `${path}.1`);
    expect(await target.isReplaced()).toBe(true);
    writeFileSync(path, '');
    expect(await target.isReplaced()).toBe(true);
    renameSync(`${path}.1`, path);
    expect(await target.isReplaced()).toBe(false);
    rmSync(path);
    expect(await target.isReplaced()).toBe(true);
    target.close();
  });

  it('does not wait for a reader of a FIFO, and takes nothing when it is full', async () => {
    const fifo = new Fifo(join(folder, 'fifo'));
    expect(() => openLogFile(fifo.path)).toThrow(expect.objectContaining({ code: 'ENXIO' }));
    fifo.openReader();
    const target = openLogFile(fifo.path);
    const much = Buffer.alloc(4 * 1024 * 1024, 'x');
    const taken = await target.write(much);
    expect(taken > 0 && taken < much.length).toBe(true);
    expect(await target.write(much)).toBe(0);
    fifo.closeReader();
    await expect(target.write(much)).rejects.toThrow(expect.objectContaining({ code: 'EPIPE' }));
    target.close();
  });

  it('throws the system’s error', () => {
    expect(() => openLogFile(join(folder, 'missing', 'a.log'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });
});

describe('openStandardError', () => {
  it('opens whatever standard error is', async () => {
    const target = openStandardError();
    expect([target.endsInLine, await target.isReplaced()]).toStrictEqual([false, false]);
    target.close();
  });
});
