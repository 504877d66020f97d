// Signed bytes in a DSSE envelope (https://github.com/secure-systems-lab/dsse, protocol v1): the payload type is signed too, and
// several keys can sign. Knows nothing about packs.

import { type KeyObject, sign, verify } from 'node:crypto';
import { constants } from '../base/constants.ts';
import { WafError } from '../base/errors.ts';
import { keyIdOf } from './signing-key.ts';

/** One signature. `keyId` is a hint and is not trusted. */
export interface EnvelopeSignature {
  readonly keyId: string;
  readonly signature: Uint8Array;
}

/** Bytes with their type and their signatures. */
export interface Envelope {
  readonly payloadType: string;
  readonly payload: Uint8Array;
  readonly signatures: readonly EnvelopeSignature[];
}

/** The signed text: "DSSEv1", then type and bytes, each preceded by its length, so that no two pairs give the same text. */
export function preAuthenticationEncoding(payloadType: string, content: Uint8Array): Uint8Array {
  const type = Buffer.from(payloadType, 'utf8');
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${type.length} `),
    type,
    Buffer.from(` ${content.length} `),
    Buffer.from(content),
  ]);
}

/** The envelope with one more signature; an earlier one by the same key is replaced. Ed25519 signatures are deterministic. */
export function signEnvelope(envelope: Envelope, key: KeyObject): Envelope {
  const { payloadType, payload } = envelope;
  const keyId = keyIdOf(key);
  const signature = sign(null, preAuthenticationEncoding(payloadType, payload), key);
  const others = envelope.signatures.filter((one) => one.keyId !== keyId);
  return { ...envelope, signatures: [...others, { keyId, signature }] };
}

/** Ids of the given keys that signed the envelope; a key that signed twice counts once. */
export function signersOf(envelope: Envelope, keys: readonly KeyObject[]): ReadonlySet<string> {
  const signed = preAuthenticationEncoding(envelope.payloadType, envelope.payload);
  const signers = new Set<string>();
  for (const key of keys) {
    const hasSigned = envelope.signatures.some(({ signature }) => verify(null, signed, key, signature));
    if (hasSigned) signers.add(keyIdOf(key));
  }
  return signers;
}

/** The envelope as its JSON. */
export function formatEnvelope({ payloadType, payload, signatures }: Envelope): string {
  const json = {
    payloadType,
    payload: Buffer.from(payload).toString('base64'),
    signatures: signatures.map(({ keyId, signature }) => ({
      keyid: keyId,
      sig: Buffer.from(signature).toString('base64'),
    })),
  };
  return `${JSON.stringify(json, undefined, 2)}\n`;
}

/**
 * Reads an envelope. Accepts both base64 alphabets, as the protocol requires, and ignores unknown members.
 * @throws WafError `pack.malformed`, also for more than `packSignaturesMax` signatures.
 */
export function parseEnvelope(bytes: Uint8Array): Envelope {
  if (bytes.length > constants.packEnvelopeBytesMax) {
    throw malformed(`it is larger than ${constants.packEnvelopeBytesMax} bytes`);
  }
  const { payloadType, payload, signatures } = membersOf(jsonOf(bytes));
  if (typeof payloadType !== 'string') throw malformed('"payloadType" is not a text');
  if (!Array.isArray(signatures) || signatures.length === 0) throw malformed('it has no signature');
  if (signatures.length > constants.packSignaturesMax) {
    throw malformed(`it has more than ${constants.packSignaturesMax} signatures`);
  }
  return {
    payloadType,
    payload: base64(payload, 'payload'),
    signatures: signatures.map((one: unknown) => {
      const { keyid, sig } = membersOf(one);
      return { keyId: typeof keyid === 'string' ? keyid : '', signature: base64(sig, 'sig') };
    }),
  };
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (thrown) {
    throw malformed('it is not JSON', thrown);
  }
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw malformed('an object is missing');
  return value as Readonly<Record<string, unknown>>;
}

function base64(value: unknown, name: string): Uint8Array {
  if (typeof value !== 'string' || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(value)) throw malformed(`"${name}" is not base64`);
  return Buffer.from(value, 'base64');
}

function malformed(reason: string, cause?: unknown): WafError {
  return new WafError(
    'pack.malformed',
    `the signatures cannot be read: ${reason}`,
    cause === undefined ? undefined : { cause },
  );
}
