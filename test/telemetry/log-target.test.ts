import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { openLogFile, openStandardError } from '../../src/telemetry/log-target.ts';
import { Fifo } from '../support/fifo.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-log-target-'));
after(() => rmSync(folder, { recursive: true }));

describe('openLogFile', () => {
  it('appends, and keeps strangers from reading a new file', async () => {
    const path = join(folder, 'a.log');
    const target = openLogFile(path);
    assert.equal(await target.write(Buffer.from('one\n')), 4);
    assert.equal(target.writeNow(Buffer.from('two\n')), 4);
    target.close();
    assert.equal(readFileSync(path, 'utf8'), 'one\ntwo\n');
    assert.equal(statSync(path).mode & 0o007, 0);
  });

  it('says whether the file ends in the middle of a line', () => {
    for (const [text, expected] of [
      ['', false],
      ['whole\n', false],
      ['whole\nhal', true],
    ] as const) {
      const path = join(folder, 'b.log');
      writeFileSync(path, text);
      const target = openLogFile(path);
      assert.equal(target.endsInLine, expected, JSON.stringify(text));
      target.close();
    }
  });

  it('notices that the file was renamed, removed or replaced', async () => {
    const path = join(folder, 'c.log');
    const target = openLogFile(path);
    assert.equal(await target.isReplaced(), false);
    renameSync(path, `${path}.1`);
    assert.equal(await target.isReplaced(), true);
    writeFileSync(path, '');
    assert.equal(await target.isReplaced(), true);
    renameSync(`${path}.1`, path);
    assert.equal(await target.isReplaced(), false);
    rmSync(path);
    assert.equal(await target.isReplaced(), true);
    target.close();
  });

  it('does not wait for a reader of a FIFO, and takes nothing when it is full', async () => {
    const fifo = new Fifo(join(folder, 'fifo'));
    assert.throws(() => openLogFile(fifo.path), { code: 'ENXIO' });
    fifo.openReader();
    const target = openLogFile(fifo.path);
    const much = Buffer.alloc(4 * 1024 * 1024, 'x');
    const taken = await target.write(much);
    assert.ok(taken > 0 && taken < much.length);
    assert.equal(await target.write(much), 0);
    fifo.closeReader();
    await assert.rejects(target.write(much), { code: 'EPIPE' });
    target.close();
  });

  it('throws what the system says', () => {
    assert.throws(() => openLogFile(join(folder, 'missing', 'a.log')), { code: 'ENOENT' });
  });
});

describe('openStandardError', () => {
  it('opens whatever standard error is', async () => {
    const target = openStandardError();
    assert.deepEqual([target.endsInLine, await target.isReplaced()], [false, false]);
    target.close();
  });
});
