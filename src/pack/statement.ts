// What a signature of a pack states: this archive is that version of that pack. An in-toto statement
// (https://in-toto.io/Statement/v1) in an envelope.

import { WafError } from '../base/errors.ts';
import { digestOf } from './digest.ts';
import type { Envelope } from './envelope.ts';

/** What is stated about an archive. */
export interface PackClaim {
  readonly name: string;
  readonly version: string;
  /** Of the archive's bytes. */
  readonly digest: string;
}

/** Type of the signed bytes, as in-toto registers it. */
const statementType = 'application/vnd.in-toto+json';

const kinds = { statement: 'https://in-toto.io/Statement/v1', predicate: 'urn:weir:pack:v1' } as const;

/** An unsigned envelope. The same claim gives the same bytes. */
export function envelopeOf({ name, version, digest }: PackClaim): Envelope {
  const statement = {
    _type: kinds.statement,
    subject: [{ name: `${name}-${version}.tgz`, digest: { sha256: digest.slice('sha256:'.length) } }],
    predicateType: kinds.predicate,
    predicate: { name, version },
  };
  return { payloadType: statementType, payload: Buffer.from(JSON.stringify(statement)), signatures: [] };
}

/**
 * Checks that an envelope's statement is about exactly these bytes and this pack. Does not check who signed it.
 * @throws WafError `pack.refused` with the difference.
 */
export function assertClaims(envelope: Envelope, claim: PackClaim): void {
  const expected = envelopeOf(claim);
  const isSame =
    envelope.payloadType === expected.payloadType &&
    Buffer.from(envelope.payload).equals(Buffer.from(expected.payload));
  if (isSame) return;
  throw new WafError(
    'pack.refused',
    `the signatures are for something other than ${claim.name} ${claim.version} with ${claim.digest}`,
  );
}

/** The claim of an archive's bytes. */
export function claimOf(bytes: Uint8Array, { name, version }: Omit<PackClaim, 'digest'>): PackClaim {
  return { name, version, digest: digestOf(bytes) };
}
