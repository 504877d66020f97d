// Keys that sign packs and keys that are trusted: Ed25519 (RFC 8032) in PEM, as openssl writes them.

import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { WafError } from '../base/errors.ts';

/** Identifies a key in envelopes: SHA-256 of its public key (SubjectPublicKeyInfo, DER), in hexadecimal. */
export function keyIdOf(key: KeyObject): string {
  const isPublic = key.type === 'public';
  const publicKey = isPublic ? key : createPublicKey(key);
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

/**
 * A private key from PEM (PKCS #8). @param file its name in errors; nothing of the text is shown.
 * @throws WafError `config.invalid`.
 */
export function parsePrivateKey(pem: string, file: string): KeyObject {
  return ed25519(() => createPrivateKey(pem), `${file} is not a private Ed25519 key in PEM`);
}

/** A public key from PEM. @throws WafError `config.invalid`, also for a private key: it does not belong next to a policy. */
export function parsePublicKey(pem: string, file: string): KeyObject {
  if (pem.includes('PRIVATE KEY')) {
    throw new WafError('config.invalid', `${file} is a private key: give the file of its public key`);
  }
  return ed25519(() => createPublicKey(pem), `${file} is not a public Ed25519 key in PEM`);
}

/** A new pair, in PEM. */
export function createKeyPair(): { readonly privateKey: string; readonly publicKey: string } {
  return generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
}

function ed25519(read: () => KeyObject, problem: string): KeyObject {
  let key: KeyObject;
  try {
    key = read();
  } catch {
    // The library's message may quote the text.
    throw new WafError('config.invalid', problem);
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new WafError('config.invalid', problem);
  return key;
}
