import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keyIdOf, parsePrivateKey } from '../../../src/pack/signing-key.ts';
import { ruleFolder } from '../../seclang/rule-folder.ts';
import { runPack } from './run-pack.ts';

describe('weir pack keygen', () => {
  it('writes a key pair whose secret key is private, and overwrites nothing', async (test) => {
    const name = join(ruleFolder(test, {}), 'a');
    const { code, out } = await runPack('keygen', name);
    expect(code).toBe(0);
    expect(statSync(`${name}.key`).mode & 0o777).toBe(0o600);
    const privateKey = readFileSync(`${name}.key`, 'utf8');
    expect(out).toContain(keyIdOf(parsePrivateKey(privateKey, 'a.key')));
    const again = await runPack('keygen', name);
    expect([again.code, again.err.includes('a.key cannot be written: EEXIST')]).toStrictEqual([2, true]);
    expect(readFileSync(`${name}.key`, 'utf8')).toBe(privateKey);
  });
});
