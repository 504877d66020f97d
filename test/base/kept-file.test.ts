import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readKeptFile, writeKeptFile } from '../../src/base/kept-file.ts';
import { ruleFolder } from '../seclang/rule-folder.ts';

const body = Buffer.from('what was kept');

describe('readKeptFile', () => {
  it('returns what the last writer wrote', (test) => {
    const path = join(ruleFolder(test, {}), 'new', 'kept');
    expect([writeKeptFile(path, Buffer.from('first')), writeKeptFile(path, body)]).toStrictEqual([true, true]);
    expect(readKeptFile(path, body.length)).toStrictEqual(body);
    expect(readdirSync(join(path, '..'))).toStrictEqual(['kept']);
  });

  it('detects damage at every byte and every length', (test) => {
    const path = join(ruleFolder(test, {}), 'kept');
    writeKeptFile(path, body);
    const whole = readFileSync(path);
    for (let at = 0; at < whole.length; at += 1) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] as number) ^ 1;
      for (const damaged of [changed, whole.subarray(0, at)]) {
        writeFileSync(path, damaged);
        expect(readKeptFile(path, 100), `${at}`).toBe('damaged');
      }
    }
  });

  it('rejects a file that somebody else could have written, and one that is too large', (test) => {
    const folder = ruleFolder(test, {});
    const path = join(folder, 'kept');
    expect(readKeptFile(path, 100), 'missing').toBeUndefined();
    writeKeptFile(path, body);
    expect(readKeptFile(path, body.length - 1), 'too large').toBeUndefined();
    symlinkSync(path, join(folder, 'link'));
    expect(readKeptFile(join(folder, 'link'), 100), 'a link').toBeUndefined();
    mkdirSync(join(folder, 'sub'));
    expect(readKeptFile(join(folder, 'sub'), 100), 'a folder').toBeUndefined();
    for (const mode of [0o620, 0o602]) {
      chmodSync(path, mode);
      expect(readKeptFile(path, 100), mode.toString(8)).toBeUndefined();
    }
    chmodSync(path, 0o644);
    expect(readKeptFile(path, 100)).toStrictEqual(body);
  });
});

describe('writeKeptFile', () => {
  it('reports a failure, and leaves nothing behind', (test) => {
    const folder = ruleFolder(test, { file: '' });
    expect(writeKeptFile(join(folder, 'file', 'kept'), body)).toBe(false);
    expect(readdirSync(folder)).toStrictEqual(['file']);
  });
});
