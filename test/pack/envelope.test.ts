import { createPrivateKey, createPublicKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { constants } from '../../src/base/constants.ts';
import {
  type Envelope,
  formatEnvelope,
  parseEnvelope,
  preAuthenticationEncoding,
  signEnvelope,
  signersOf,
} from '../../src/pack/envelope.ts';
import { createKeyPair, keyIdOf } from '../../src/pack/signing-key.ts';

const keys = () => {
  const { privateKey, publicKey } = createKeyPair();
  return { privateKey: createPrivateKey(privateKey), publicKey: createPublicKey(publicKey) };
};
const unsigned: Envelope = { payloadType: 'text/plain', payload: Buffer.from('hello'), signatures: [] };

describe('preAuthenticationEncoding', () => {
  it('puts the length in bytes before each part', () => {
    const encoded = (type: string, payload: string) =>
      Buffer.from(preAuthenticationEncoding(type, Buffer.from(payload))).toString();
    expect(encoded('http://example.com/HelloWorld', 'hello world')).toBe(
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    );
    expect(encoded('é', '')).toBe('DSSEv1 2 é 0 ');
    expect(encoded('a', '1 b')).not.toBe(encoded('a 3', 'b'));
  });
});

describe('signersOf', () => {
  it('finds the keys that signed, each once, and no other', () => {
    const [a, b, c] = [keys(), keys(), keys()];
    const signed = signEnvelope(signEnvelope(signEnvelope(unsigned, a.privateKey), b.privateKey), a.privateKey);
    expect(signed.signatures).toHaveLength(2);
    expect(signersOf(signed, [a.publicKey, a.publicKey, b.publicKey, c.publicKey])).toStrictEqual(
      new Set([keyIdOf(a.publicKey), keyIdOf(b.publicKey)]),
    );
  });

  it('decides by signatures, not by their key ids', () => {
    const [a, b] = [keys(), keys()];
    const [signature] = signEnvelope(unsigned, a.privateKey).signatures;
    expect.assert(signature !== undefined);
    const forged = { ...unsigned, signatures: [{ ...signature, keyId: keyIdOf(b.publicKey) }] };
    expect(signersOf(forged, [b.publicKey])).toStrictEqual(new Set());
    expect(signersOf(forged, [a.publicKey])).toStrictEqual(new Set([keyIdOf(a.publicKey)]));
  });

  it('covers every byte of payload and type', () => {
    const a = keys();
    const signed = signEnvelope(unsigned, a.privateKey);
    const changed: Envelope[] = [{ ...signed, payloadType: 'text/html' }];
    for (let at = 0; at < signed.payload.length; at += 1) {
      const payload = Buffer.from(signed.payload);
      payload[at] = (payload[at] as number) ^ 1;
      changed.push({ ...signed, payload });
    }
    for (const envelope of changed) expect(signersOf(envelope, [a.publicKey])).toStrictEqual(new Set());
    for (const signature of [Buffer.alloc(0), Buffer.alloc(64), Buffer.alloc(65)]) {
      expect(signersOf({ ...signed, signatures: [{ keyId: '', signature }] }, [a.publicKey])).toStrictEqual(new Set());
    }
  });
});

describe('parseEnvelope', () => {
  it('reads what formatEnvelope writes, also in the other base64 alphabet', () => {
    const signed = signEnvelope({ ...unsigned, payload: Buffer.from([251, 255, 191]) }, keys().privateKey);
    const text = formatEnvelope(signed);
    const plain = (envelope: Envelope) => JSON.parse(formatEnvelope(envelope)) as unknown;
    expect(plain(parseEnvelope(Buffer.from(text)))).toStrictEqual(plain(signed));
    const payload = Buffer.from(signed.payload).toString('base64');
    const other = text.replace(payload, payload.replaceAll('+', '-').replaceAll('/', '_'));
    expect(other).not.toBe(text);
    expect(plain(parseEnvelope(Buffer.from(other)))).toStrictEqual(plain(signed));
  });

  const signature = { keyid: 'a', sig: 'AAAA' };
  const wrong: readonly (readonly [what: string, text: string, message: RegExp])[] = [
    ['what is not JSON', '{', /it is not JSON/],
    ['a list', '[]', /"payloadType" is not a text/],
    ['nothing', 'null', /an object is missing/],
    ['no signature', JSON.stringify({ payloadType: 'a', payload: '', signatures: [] }), /it has no signature/],
    [
      'a payload that is none',
      JSON.stringify({ payloadType: 'a', payload: '!', signatures: [signature] }),
      /"payload" is not base64/,
    ],
    [
      'a signature that is none',
      JSON.stringify({ payloadType: 'a', payload: '', signatures: [{ sig: 1 }] }),
      /"sig" is not base64/,
    ],
    [
      'too many signatures',
      JSON.stringify({
        payloadType: 'a',
        payload: '',
        signatures: Array.from({ length: constants.packSignaturesMax + 1 }, () => signature),
      }),
      /more than 16 signatures/,
    ],
    ['too many bytes', ' '.repeat(constants.packEnvelopeBytesMax + 1), /it is larger than/],
  ];
  for (const [what, text, message] of wrong) {
    it(`refuses ${what}`, () => expect(() => parseEnvelope(Buffer.from(text))).toThrow(message));
  }
});
