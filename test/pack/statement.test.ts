import { describe, expect, it } from 'vitest';
import { assertClaims, claimOf, envelopeOf } from '../../src/pack/statement.ts';

const claim = claimOf(Buffer.from('abc'), { name: 'acme', version: '1.0.0' });

describe('envelopeOf', () => {
  it('is an in-toto statement about the archive', () => {
    const { payload, payloadType } = envelopeOf(claim);
    expect(payloadType).toBe('application/vnd.in-toto+json');
    expect(JSON.parse(Buffer.from(payload).toString())).toStrictEqual({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [
        {
          name: 'acme-1.0.0.tgz',
          digest: { sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' },
        },
      ],
      predicateType: 'urn:weir:pack:v1',
      predicate: { name: 'acme', version: '1.0.0' },
    });
  });
});

describe('assertClaims', () => {
  it('accepts the claim itself, and nothing that differs from it', () => {
    assertClaims(envelopeOf(claim), claim);
    for (const other of [
      claimOf(Buffer.from('abd'), claim),
      { ...claim, name: 'acmf' },
      { ...claim, version: '1.0.1' },
    ]) {
      expect(() => assertClaims(envelopeOf(other), claim)).toThrow(
        /^the signatures are for something other than acme 1/,
      );
    }
    expect(() => assertClaims({ ...envelopeOf(claim), payloadType: 'text/plain' }, claim)).toThrow(/something other/);
  });
});
