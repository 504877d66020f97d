import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createKeyPair, keyIdOf, parsePrivateKey, parsePublicKey } from '../../src/pack/signing-key.ts';

const canOpenssl = (() => {
  try {
    return execFileSync('openssl', ['version'], { encoding: 'utf8' }) !== '';
  } catch {
    return false;
  }
})();

describe('createKeyPair', () => {
  it('makes a key pair with one id', () => {
    const { privateKey, publicKey } = createKeyPair();
    const id = keyIdOf(parsePrivateKey(privateKey, 'a.key'));
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(keyIdOf(parsePublicKey(publicKey, 'a.pub'))).toBe(id);
    expect(keyIdOf(parsePrivateKey(createKeyPair().privateKey, 'b.key'))).not.toBe(id);
  });
});

describe('parsePrivateKey and parsePublicKey', () => {
  it.skipIf(!canOpenssl)('read what openssl makes', () => {
    const privateKey = execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519'], { encoding: 'utf8' });
    const publicKey = execFileSync('openssl', ['pkey', '-pubout'], { input: privateKey, encoding: 'utf8' });
    expect(keyIdOf(parsePublicKey(publicKey, 'a.pub'))).toBe(keyIdOf(parsePrivateKey(privateKey, 'a.key')));
  });

  it('refuse other keys and other texts, and show nothing of them', () => {
    const { privateKey: rsa, publicKey: rsaPublic } = generateKeyPairSync('rsa', {
      modulusLength: 1024,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const { privateKey, publicKey } = createKeyPair();
    for (const text of [rsa, publicKey, 'secret words', '']) {
      expect(() => parsePrivateKey(text, 'a.key')).toThrow(/^a\.key is not a private Ed25519 key in PEM$/);
    }
    for (const text of [rsaPublic, 'secret words', '']) {
      expect(() => parsePublicKey(text, 'a.pub')).toThrow(/^a\.pub is not a public Ed25519 key in PEM$/);
    }
    expect(() => parsePublicKey(privateKey, 'a.pub')).toThrow(/^a\.pub is a private key: give the file of its public/);
  });
});
