import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assertLocked, assertNoDowngrade, type Lock, readLock, writeLock } from '../../src/pack/lock-file.ts';
import { claimOf } from '../../src/pack/statement.ts';
import { ruleFolder } from '../seclang/rule-folder.ts';

const claim = claimOf(Buffer.from('x'), { name: 'acme', version: '1.2.0' });
const lockOf = (version: string, digest = claim.digest): Lock =>
  new Map([['acme', { version, digest, source: 'acme.tgz' }]]);

describe('writeLock', () => {
  it('writes what readLock reads, in order of name', (test) => {
    const file = join(ruleFolder(test, {}), 'weir.lock');
    const locked = { version: '1.0.0-rc.1', digest: claim.digest, source: 'oci://host:5000/a"b:1' };
    const lock = new Map([
      ['b', locked],
      ['a', locked],
    ]);
    writeLock(file, lock);
    expect([...readLock(file, { isOptional: false }).keys()]).toStrictEqual(['a', 'b']);
    expect(readLock(file, { isOptional: false })).toStrictEqual(lock);
    const written = readFileSync(file, 'utf8');
    writeLock(file, new Map([...lock].reverse()));
    expect(readFileSync(file, 'utf8')).toBe(written);
    for (const name of ['1e3', '010', '0x1f', 'null', 'true', 'e1']) {
      writeLock(file, new Map([[name, locked]]));
      expect([...readLock(file, { isOptional: false }).keys()], name).toStrictEqual([name]);
    }
    writeLock(file, new Map());
    expect(readLock(file, { isOptional: false })).toStrictEqual(new Map());
  });
});

describe('readLock', () => {
  it('treats a missing file as empty only if it may be missing', () => {
    expect(readLock('/no/weir.lock', { isOptional: true })).toStrictEqual(new Map());
    expect(() => readLock('/no/weir.lock', { isOptional: false })).toThrow(/cannot be read: no such file/);
  });

  for (const [text, message] of [
    ['packs: { a: { version: 1.0.0, digest: abc } }', /weir\.lock:1:13: a has no digest/],
    ['packs: { a: { digest: abc } }', /a has no version/],
    ['paks: {}', /did you mean packs\?/],
    ['packs: { a: 1 }', /must be a mapping/],
  ] as const) {
    it(`refuses ${text}`, (test) => {
      const file = join(ruleFolder(test, { 'weir.lock': text }), 'weir.lock');
      expect(() => readLock(file, { isOptional: true })).toThrow(message);
    });
  }
});

describe('assertNoDowngrade', () => {
  it('rejects an older version, and different bytes of the same version', () => {
    assertNoDowngrade(new Map(), claim);
    for (const version of ['1.2.0', '1.1.9', '1.2.0-rc.1']) assertNoDowngrade(lockOf(version), claim);
    for (const version of ['1.2.1', '1.10.0', '2.0.0-alpha']) {
      expect(() => assertNoDowngrade(lockOf(version), claim), version).toThrow(/^it is older than .* which is locked/);
    }
    const other = claimOf(Buffer.from('y'), claim).digest;
    expect(() => assertNoDowngrade(lockOf('1.2.0', other), claim)).toThrow(/^its digest is sha256:/);
  });
});

describe('assertLocked', () => {
  it('accepts only the locked pack, unless an older one is allowed', () => {
    const check = (lock: Lock, allowDowngrade = false) => assertLocked(lock, claim, { allowDowngrade });
    check(lockOf('1.2.0'));
    check(lockOf('2.0.0'), true);
    expect(() => check(lockOf('2.0.0'))).toThrow(/older than 2\.0\.0/);
    expect(() => check(lockOf('1.0.0'), true)).toThrow(/^it is 1\.2\.0, but 1\.0\.0 is locked: pull that/);
    expect(() => check(new Map(), true)).toThrow(/^the lock file does not contain acme$/);
    const other = claimOf(Buffer.from('y'), claim).digest;
    expect(() => check(lockOf('1.2.0', other), true)).toThrow(/^its digest is/);
  });
});
