import { createPrivateKey } from 'node:crypto';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { starterPack } from '../../src/config/config.ts';
import { formatEnvelope, signEnvelope } from '../../src/pack/envelope.ts';
import { isPack } from '../../src/pack/is-pack.ts';
import { envelopePath, openPack, type PackOptions } from '../../src/pack/open-pack.ts';
import { createKeyPair } from '../../src/pack/signing-key.ts';
import { claimOf, envelopeOf } from '../../src/pack/statement.ts';
import { readTrustPolicy } from '../../src/pack/trust.ts';
import { ruleFolder } from '../seclang/rule-folder.ts';
import { packArchive, packFiles } from './pack-files.ts';

const pair = createKeyPair();

function trustOf(test: TestContext, publicKey = pair.publicKey) {
  const text = 'keys: { a: a.pub }\npacks: [{ name: acme, keys: [a] }]';
  return readTrustPolicy(join(ruleFolder(test, { 'trust.yaml': text, 'a.pub': publicKey }), 'trust.yaml'));
}

function signArchive(path: string, version = '1.0.0'): void {
  const claim = claimOf(readFileSync(path), { name: 'acme', version });
  writeFileSync(envelopePath(path), formatEnvelope(signEnvelope(envelopeOf(claim), createPrivateKey(pair.privateKey))));
}

const refused = (message: RegExp, code = 'pack.refused') =>
  expect.objectContaining({ code, message: expect.stringMatching(message) as string }) as Error;

describe('openPack', () => {
  it('opens a folder, and an archive with its digest', async (test) => {
    const folder = ruleFolder(test, packFiles());
    expect(await openPack(folder)).toMatchObject({
      claim: undefined,
      signers: [],
      layout: { files: [join(folder, 'rules.conf')] },
    });
    const path = await packArchive(test);
    const { claim, layout } = await openPack(path);
    expect(claim).toStrictEqual(claimOf(readFileSync(path), { name: 'acme', version: '1.0.0' }));
    expect(layout.files).toStrictEqual([join(path, 'rules.conf')]);
    expect(isPack(folder) && isPack(path)).toBe(true);
    expect(isPack(ruleFolder(test, { 'a.conf': '' }))).toBe(false);
  });

  it('parses what it has read, whatever happens to the file', async (test) => {
    const path = await packArchive(test);
    const { layout } = await openPack(path);
    writeFileSync(path, 'something else');
    expect(Buffer.from(layout.root.source.read(join(path, 'rules.conf')).bytes).toString()).toMatch(
      /^SecRuleEngine On/,
    );
  });

  it('accepts an archive that a trusted key signed', async (test) => {
    const path = await packArchive(test);
    signArchive(path);
    expect((await openPack(path, { trust: trustOf(test) })).signers).toStrictEqual(['a']);
  });

  it('rejects a missing signature, another key, one changed byte, another version and a damaged envelope', async (test) => {
    const trust = trustOf(test);
    const path = await packArchive(test);
    await expect(openPack(path, { trust })).rejects.toThrow(refused(/acme-1\.0\.0\.tgz: it has no signature$/));
    signArchive(path);
    const stranger = trustOf(test, createKeyPair().publicKey);
    await expect(openPack(path, { trust: stranger })).rejects.toThrow(refused(/signed by 1 of a; none of them has$/));
    const tampered = Buffer.from(readFileSync(path));
    tampered[4] = 1; // The time stamp of the gzip header: what is unpacked stays the same.
    const other = join(ruleFolder(test, {}), 'acme-1.0.0.tgz');
    writeFileSync(other, tampered);
    writeFileSync(envelopePath(other), readFileSync(envelopePath(path)));
    await expect(openPack(other, { trust })).rejects.toThrow(
      refused(/the signatures are for something other than acme/),
    );
    signArchive(path, '0.9.0');
    await expect(openPack(path, { trust })).rejects.toThrow(refused(/the signatures are for something other/));
    writeFileSync(envelopePath(path), '{}');
    await expect(openPack(path, { trust })).rejects.toThrow(refused(/signatures cannot be read/, 'pack.malformed'));
  });

  it('rejects a folder where signatures are required, unless it comes with Weir', async (test) => {
    const trust = trustOf(test);
    const folder = ruleFolder(test, packFiles());
    await expect(openPack(folder, { trust })).rejects.toThrow(refused(/it is a folder, but the trust policy requires/));
    expect((await openPack(starterPack, { trust, lock: new Map() })).signers).toStrictEqual([]);
    const stranger = ruleFolder(test, packFiles({ name: 'weir-starter' }));
    await expect(openPack(stranger, { trust })).rejects.toThrow(refused(/no rule of the trust policy covers a pack/));
  });

  it('checks folder and archive against the lock file by one digest', async (test) => {
    const folder = ruleFolder(test, packFiles());
    const path = await packArchive(test);
    const { digest } = claimOf(readFileSync(path), { name: 'acme', version: '1.0.0' });
    const lock = new Map([['acme', { version: '1.0.0', digest, source: '' }]]);
    for (const one of [folder, path]) expect((await openPack(one, { lock })).claim?.digest).toBe(digest);
    const newer = new Map([['acme', { version: '1.1.0', digest, source: '' }]]);
    await expect(openPack(path, { lock: newer })).rejects.toThrow(refused(/it is older than 1\.1\.0, which is locked/));
    expect((await openPack(path, { lock: newer, allowDowngrade: true })).claim?.version).toBe('1.0.0');
    writeFileSync(join(folder, 'rules.conf'), 'SecRuleEngine Off\n');
    await expect(openPack(folder, { lock })).rejects.toThrow(refused(/its digest is sha256/));
    await expect(openPack(path, { lock: new Map() })).rejects.toThrow(refused(/the lock file does not contain acme/));
  });

  const dated = (now: string, more: PackOptions = {}): PackOptions => ({ now: new Date(now), ...more });

  it('accepts a pack until the end of its last day', async (test) => {
    const folder = ruleFolder(test, packFiles({ manifest: 'notAfter: 2027-02-28' }));
    await openPack(folder, dated('2027-02-28T23:59:59Z'));
    await expect(openPack(folder, dated('2027-03-01T00:00:00Z'))).rejects.toThrow(
      refused(/its last day was 2027-02-28/),
    );
    await openPack(folder, dated('2027-03-01T00:00:00Z', { allowExpired: true }));
  });

  it('refuses a pack for another engine', async (test) => {
    const folder = ruleFolder(test, packFiles({ manifest: 'engine: ">=99.0.0"' }));
    await expect(openPack(folder)).rejects.toThrow(refused(/it is for Weir >=99\.0\.0, but this is \d/));
  });

  it('refuses an archive without name and version, and what is not an archive', async (test) => {
    const nameless = await packArchive(test, { 'pack.yaml': 'files: [a.conf]', 'a.conf': '' });
    await expect(openPack(nameless)).rejects.toThrow(refused(/must have "name" and "version"$/, 'config.invalid'));
    const folderless = await packArchive(test, { 'a.conf': '' });
    await expect(openPack(folderless)).rejects.toThrow(refused(/pack\.yaml: it is not in the pack/, 'config.invalid'));
    const path = join(ruleFolder(test, { 'a.tgz': 'no' }), 'a.tgz');
    await expect(openPack(path)).rejects.toThrow(refused(/a\.tgz: it is not a gzipped tar/, 'pack.malformed'));
    await expect(openPack(join(path, '..', 'b.tgz'))).rejects.toThrow(refused(/ENOENT/, 'pack.malformed'));
  });

  it('refuses a link to a manifest outside', async (test) => {
    const folder = ruleFolder(test, { 'pack/a.conf': '', 'pack.yaml': 'files: [a.conf]' });
    symlinkSync('../pack.yaml', join(folder, 'pack/pack.yaml'));
    await expect(openPack(join(folder, 'pack'))).rejects.toThrow(refused(/outside the pack/, 'config.invalid'));
  });
});
