// Keys that sign packs and keys that are believed: Ed25519 (RFC 8032) in PEM, as openssl writes them.

import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { WafError } from '../base/errors.ts';

/** What names a key in envelopes: SHA-256 of its public half (SubjectPublicKeyInfo, DER), in hexadecimal. */
export function keyIdOf(key: KeyObject): string {
  const isPublic = key.type === 'public';
  const publicKey = isPublic ? key : createPublicKey(key);
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

/**
 * A private key from PEM (PKCS #8). @param file what errors call it; nothing of the text is shown.
 * @throws WafError `config.invalid`.
 */
export function parsePrivateKey(pem: string, file: string): KeyObject {
  return ed25519(() => createPrivateKey(pem), `${file} is not a private Ed25519 key in PEM`);
}

/** A public key from PEM. @throws WafError `config.invalid`, for a private key too: it has no place beside a policy. */
export function parsePublicKey(pem: string, file: string): KeyObject {
  if (pem.includes('PRIVATE KEY')) {
    throw new WafError('config.invalid', `${file} is a private key: name the file of its public half`);
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
    // What the library says may quote the text.
    throw new WafError('config.invalid', problem);
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new WafError('config.invalid', problem);
  return key;
}
