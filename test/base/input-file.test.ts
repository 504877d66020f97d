import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readInput, readInputFile } from '../../src/base/input-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-input-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

describe('readInputFile', () => {
  it('reads files, also through links, from an offset', () => {
    writeFileSync(at('a'), 'hello');
    symlinkSync(at('a'), at('link'));
    expect(readInputFile(at('link')).toString()).toBe('hello');
    expect(readInputFile(at('a'), { from: 2 }).toString()).toBe('llo');
    expect(readInputFile(at('a'), { from: 9 }).toString()).toBe('');
    expect(readInput(at('a'), 5).toString()).toBe('hello');
  });

  it('reads a file whose size is reported as 0', () => {
    expect(readInputFile('/proc/self/status').toString()).toContain('Name:');
  });

  it('reads no more than the limit', () => {
    writeFileSync(at('sparse'), '');
    truncateSync(at('sparse'), 2 ** 40);
    expect(() => readInputFile(at('sparse'))).toThrow('it is larger than 4194304 bytes');
    expect(() => readInputFile(at('a'), { bytesMax: 4 })).toThrow('it is larger than 4 bytes');
    expect(() => readInputFile('/proc/self/pagemap', { bytesMax: 100_000 })).toThrow('it is larger than 100000 bytes');
  });

  it('does not wait for the writer of a pipe, and reads what was written', () => {
    execFileSync('mkfifo', [at('pipe')]);
    expect(() => readInputFile(at('pipe'))).toThrow('nothing comes from it');
    // A writer that also opens it for reading does not wait either.
    const writer = openSync(at('pipe'), 'r+');
    writeSync(writer, 'hello');
    expect(() => readInputFile(at('pipe'), { bytesMax: 4 })).toThrow('it is larger than 4 bytes');
  });

  it('reads a pipe of a shell to its end', async () => {
    const reader = `import { readInputFile } from ${JSON.stringify(join(import.meta.dirname, '../../src/base/input-file.ts'))};
      process.stdout.write(String(readInputFile(process.argv[1]).length));`;
    const shell = spawn('bash', [
      '-c',
      '"$0" --input-type=module -e "$1" <(head -c 200000 /dev/zero)',
      process.execPath,
      reader,
    ]);
    let text = '';
    shell.stdout.on('data', (part) => {
      text += part;
    });
    await new Promise((resolve) => shell.once('close', resolve));
    expect(text).toBe('200000');
  });

  it('refuses everything else', async () => {
    mkdirSync(at('folder'));
    const server = createServer().listen(at('socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    try {
      expect(() => readInputFile(at('folder'))).toThrow('it is a folder');
      expect(() => readInputFile('/dev/zero')).toThrow('it is neither a file nor a pipe');
      expect(() => readInputFile(at('socket'))).toThrow();
      expect(() => readInputFile(at('nothing'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    } finally {
      server.close();
    }
  });
});

describe('readInput', () => {
  it('reads standard input for -', () => {
    const reader = `import { readInput } from ${JSON.stringify(join(import.meta.dirname, '../../src/base/input-file.ts'))};
      process.stdout.write(String(readInput('-', Number(process.argv[1])).length));`;
    const run = (bytesMax: string): string =>
      execFileSync(process.execPath, ['--input-type=module', '-e', reader, bytesMax], {
        input: 'x'.repeat(1_000),
        stdio: ['pipe', 'pipe', 'ignore'],
      }).toString();
    expect(run('1000')).toBe('1000');
    expect(() => run('999')).toThrow();
  });
});
