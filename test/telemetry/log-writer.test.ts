import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createLog } from '../../src/telemetry/log.ts';
import { type LogTarget, openLogFile } from '../../src/telemetry/log-target.ts';
import { LogWriter, type LogWriterOptions } from '../../src/telemetry/log-writer.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { Fifo } from '../support/fifo.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-log-writer-'));
afterAll(() => rmSync(folder, { recursive: true }));

const closeMs = 2_000;

/** A writer to a file, with its reports. */
function writerTo(path: string, more: Partial<LogWriterOptions> = {}) {
  const troubles: string[] = [];
  const recoveries: number[] = [];
  const writer = new LogWriter({
    open: () => openLogFile(path),
    unwrittenBytesMax: 1024 * 1024,
    lossLine: (lines) => `${lines} lost\n`,
    onTrouble: (reason) => troubles.push(reason),
    onRecovery: (lost) => recoveries.push(lost),
    ...more,
  });
  return { writer, troubles, recoveries };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const linesOf = (path: string): string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1);

/** A target that accepts a number of bytes and then fails, as a full disk does. */
function fullTarget(bytes: number, taken: Buffer[]): LogTarget {
  let room = bytes;
  return {
    endsInLine: taken.length > 0 && taken.at(-1)?.at(-1) !== 0x0a,
    write: (chunk) => {
      if (room === 0) return Promise.reject(new Error('ENOSPC'));
      const part = Buffer.from(chunk.subarray(0, room));
      room -= part.length;
      taken.push(part);
      return Promise.resolve(part.length);
    },
    writeNow: () => 0,
    isReplaced: () => Promise.resolve(false),
    close: () => undefined,
  };
}

describe('LogWriter', () => {
  it('appends, and has written every line when it is closed', async () => {
    const path = join(folder, 'a.log');
    writeFileSync(path, 'before\n');
    const { writer, troubles } = writerTo(path);
    const log = createLog('info', writer);
    for (let line = 0; line < 1_000; line += 1) log.info({ line }, 'exchange');
    expect(await writer.close(closeMs)).toBe(0);
    expect(await writer.close(closeMs)).toBe(0);
    const lines = linesOf(path);
    expect(lines.length).toBe(1_001);
    expect(lines[0]).toBe('before');
    expect((JSON.parse(lines[1_000] ?? '') as { line: number }).line).toBe(999);
    expect(troubles).toStrictEqual([]);
  });

  it('rejects a target that cannot be opened', () => {
    expect(() => writerTo(join(folder, 'missing', 'a.log'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });

  it('ends an incomplete line before it writes the next', async () => {
    const path = join(folder, 'half.log');
    writeFileSync(path, 'whole\nhal');
    const { writer } = writerTo(path);
    writer.write('next\n');
    await writer.close(closeMs);
    expect(linesOf(path)).toStrictEqual(['whole', 'hal', 'next']);
  });

  it('reports once that writing fails, and continues', async (context) => {
    const clock = new FakeClock(context);
    const path = join(folder, 'full.log');
    symlinkSync('/dev/full', path);
    const { writer, troubles, recoveries } = writerTo(path);
    for (let line = 0; line < 10; line += 1) {
      writer.write(`${line}\n`);
      for (let turns = 0; turns < 20; turns += 1) await turn();
      clock.advance(1_000);
    }
    while (troubles.length === 0) await turn();
    expect(troubles[0] ?? '').toMatch(/ENOSPC/);
    rmSync(path);
    while (recoveries.length === 0) {
      clock.advance(1_000);
      await turn();
    }
    await writer.close(closeMs);
    expect([troubles.length, recoveries]).toStrictEqual([1, [0]]);
    expect([writer.writtenLines, writer.lostLines], 'counted once, when they are there').toStrictEqual([10, 0]);
    expect(linesOf(path), 'what waited is written').toStrictEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
  });

  it('ends the incomplete line of a full disk and writes the line again, wherever the disk was full', async (context) => {
    const clock = new FakeClock(context);
    for (let room = 0; room < 12; room += 1) {
      const taken: Buffer[] = [];
      let opened = 0;
      const { writer, recoveries } = writerTo('', {
        open: () => {
          opened += 1;
          // It is still full when it is tried again for the first time.
          return fullTarget([room, 0][opened - 1] ?? 1_000, taken);
        },
      });
      writer.write('first\n');
      writer.write('next\n');
      for (let tries = 0; tries < 2; tries += 1) {
        for (let turns = 0; turns < 20; turns += 1) await turn();
        clock.advance(1_000);
      }
      await writer.close(closeMs);
      const lines = Buffer.concat(taken).toString().split('\n');
      const half = room === 0 || room === 6 || room === 11 ? [] : [lines[room < 6 ? 0 : 1]];
      const expected = room < 6 ? [...half, 'first', 'next', ''] : ['first', ...half, 'next', ''];
      expect(lines, `room for ${room} bytes`).toStrictEqual(expected);
      expect(recoveries).toStrictEqual(room === 11 ? [] : [0]);
    }
  });

  it('loses lines rather than memory, and logs how many where they are missing', async () => {
    const fifo = new Fifo(join(folder, 'stalled'));
    fifo.openReader();
    const { writer, troubles, recoveries } = writerTo(fifo.path, { unwrittenBytesMax: 100_000 });
    const line = `${'x'.repeat(999)}\n`;
    for (let count = 0; count < 1_000; count += 1) {
      writer.write(line);
      if (count % 100 === 0) await turn();
    }
    const seen = { whole: 0, lost: 0, last: '' };
    let rest = '';
    const read = (): number => {
      const lines = (rest + fifo.read()).split('\n');
      rest = lines.pop() ?? '';
      for (const one of lines) {
        const [, lost] = /^(\d+) lost$/.exec(one) ?? [];
        seen.lost += Number(lost ?? 0);
        seen.whole += one.length === 999 ? 1 : 0;
        seen.last = one;
      }
      return seen.whole + seen.lost;
    };
    await until('every line is there or said to be missing', () => read() === 1_000);
    expect(seen.lost, `${seen.lost} lines were lost`).toBeGreaterThan(500);
    expect(troubles[0] ?? '').toMatch(/^\d+ bytes wait to be written$/);
    expect(recoveries.reduce((sum, lost) => sum + lost, 0)).toBe(seen.lost);
    writer.write('after\n');
    await until('the next line is there', () => read() > 0 && seen.last === 'after');
    await writer.close(closeMs);
  });

  it('waits for the reader of a FIFO, from the start and when it comes back', async () => {
    const fifo = new Fifo(join(folder, 'fifo'));
    const { writer, recoveries } = writerTo(fifo.path);
    writer.write('early\n');
    await turn();
    fifo.openReader();
    const read = (expected: string): Promise<boolean> => until(`${expected} comes`, () => fifo.read() === expected);
    await read('early\n');
    fifo.closeReader();
    writer.write('between\n');
    fifo.openReader();
    await read('between\n');
    expect(recoveries.every((lost) => lost === 0)).toStrictEqual(true);
    await writer.close(closeMs);
  });

  it('ends in time without a reader, and reports how many lines are lost', async (context) => {
    const absent = new Fifo(join(folder, 'absent'));
    const { writer: waiting } = writerTo(absent.path);
    waiting.write('a\n');
    expect(await waiting.close(closeMs), 'a FIFO without reader is not waited for').toBe(1);

    const stalled = new Fifo(join(folder, 'stalled-at-end'));
    stalled.openReader();
    const { writer } = writerTo(stalled.path);
    const line = `${'x'.repeat(1_023)}\n`;
    for (let count = 0; count < 1_000; count += 1) writer.write(line);
    const clock = new FakeClock(context);
    const closed = writer.close(closeMs);
    clock.advance(closeMs);
    const lost = await closed;
    expect(lost, `${lost} of 1,000 lines, of which 64 fit into the pipe`).toBeGreaterThan(900);
    stalled.closeReader();
  });

  it('continues in a new file after the old one was renamed or removed', async () => {
    const path = join(folder, 'rotated.log');
    const { writer } = writerTo(path);
    const isIn = (file: string, text: string) => (): boolean => readFileSync(file, 'utf8').endsWith(text);
    writer.write('one\n');
    await until('the first line is there', isIn(path, 'one\n'));
    renameSync(path, `${path}.1`);
    writer.write('two\n');
    await writer.close(closeMs);
    expect([linesOf(`${path}.1`), linesOf(path)]).toStrictEqual([['one'], ['two']]);
  });

  it('reopens the file on request, also when nothing is written', async () => {
    const path = join(folder, 'reopened.log');
    let opened = 0;
    const { writer } = writerTo(path, {
      open: () => {
        opened += 1;
        return openLogFile(path);
      },
    });
    rmSync(path);
    writer.reopen();
    await until('there is a new file', () => opened === 2);
    expect(linesOf(path)).toStrictEqual([]);
    await writer.close(closeMs);
  });

  it('keeps the lines while the folder is gone', async (context) => {
    const clock = new FakeClock(context);
    const inner = join(folder, 'inner');
    mkdirSync(inner);
    const { writer, troubles } = writerTo(join(inner, 'a.log'));
    rmSync(inner, { recursive: true });
    writer.write('kept\n');
    while (troubles.length === 0) await turn();
    mkdirSync(inner);
    clock.advance(1_000);
    await writer.close(closeMs);
    expect(linesOf(join(inner, 'a.log'))).toStrictEqual(['kept']);
  });

  it('writes what waits when the process ends', () => {
    const path = join(folder, 'exit.log');
    const { writer } = writerTo(path);
    writer.write('one\n');
    writer.write('two\n');
    writer.flushNow();
    expect(linesOf(path)).toStrictEqual(['one', 'two']);
  });
});
