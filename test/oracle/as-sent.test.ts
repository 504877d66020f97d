// Coded forms against the parsers of applications: most of them know nothing of content codings and read the form as it was
// sent, so what a coding carries beside its content is a form to them; body-parser undoes the coding. Text of either is seen.

import { deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brotli, member, skippable } from '../support/coded-bodies.ts';
import { formParsers } from './form-parsers.ts';
import type { Handed } from './handed.ts';
import { oraclesOf, startPeers } from './peers/peers.ts';
import { type OracleRequest, printRequest, readBody } from './reading.ts';
import { oracleRuns } from './trial.ts';

const pair = '&q=1%27+union+select&z=';
const attack = "1' union select";
const coded = (contentEncoding: string, body: Uint8Array): OracleRequest => ({
  contentType: 'application/x-www-form-urlencoded',
  contentEncoding,
  body,
});

/** Where codings can carry text, by what to call it. */
const carriers: readonly (readonly [title: string, make: (kept: string) => OracleRequest])[] = [
  ['the comment of gzip', (comment) => coded('gzip', member('a=1', { comment }))],
  ['the file name of gzip', (name) => coded('gzip', member('a=1', { name }))],
  ['the extra field of gzip', (extra) => coded('gzip', member('a=1', { extra }))],
  ['a later member of gzip', (comment) => coded('gzip', Buffer.concat([member('a=1'), member('', { comment })]))],
  ['metadata of br', (metadata) => coded('br', brotli('a=1', metadata))],
  ['a skipped frame of zstd', (text) => coded('zstd', Buffer.concat([skippable(text), zstdCompressSync('a=1')]))],
  ['deflate without compression', (text) => coded('deflate', deflateRawSync(text, { level: 0 }))],
  ['gzip itself', (text) => coded('gzip', gzipSync(text))],
];

const peers = await startPeers('form');
const inflating = formParsers.filter(({ name }) => name === 'body-parser');
const oracles = [...inflating, ...oraclesOf(peers, 'form')];
/** Shorter runs of text between bytes that are none are taken for compressed bytes. */
const runBytesMin = 8;

/** The runs of text in a string; PHP writes other letters for some of a name. */
function runsOf({ text }: Handed): string[] {
  const whole = typeof text === 'string' ? text : Buffer.from(text).toString('latin1');
  return alike(whole)
    .split(/[^\t-\r -~]+/)
    .filter((run) => run.length >= runBytesMin);
}

const alike = (text: string): string => text.replace(/[ .[\]]/g, '_');

async function check(request: OracleRequest): Promise<void> {
  const { fields, block } = readBody(request, []);
  if (block !== undefined) return;
  const seen = alike(fields.map(({ name, value }) => `${name}\n${value}`).join('\n'));
  for (const { name, read } of oracles) {
    for (const run of (await read(request)).flatMap(runsOf)) {
      expect(
        seen.includes(run),
        `${name} hands over, in no field: ${JSON.stringify(run)}\n${printRequest(request)}`,
      ).toBe(true);
    }
  }
}

// Broken escapes and brackets are no matter of codings: form.test.ts has them.
const hidden = fc
  .array(fc.constantFrom('&', '=', '&q=', '+', '%27', '%3Cscript%3E', 'union select', 'a', ';', '.'), {
    minLength: 1,
    maxLength: 12,
  })
  .map((tokens) => tokens.join(''));

describe('coded forms, which servers read as sent', () => {
  for (const why of peers.missing) it.skip(why, () => {});
  for (const [title, make] of carriers) it(`${title}`, () => check(make(pair)));

  it('generated ones', () =>
    fc.assert(
      fc.asyncProperty(fc.constantFrom(...carriers), hidden, ([, make], kept) => check(make(kept))),
      { seed: 1, numRuns: oracleRuns },
    ));

  it('is what some of them do', async () => {
    const request = coded('gzip', member('a=1', { comment: pair }));
    const readers: string[] = [];
    for (const { name, read } of oracles) {
      const handed = (await read(request)).map(({ text }) =>
        typeof text === 'string' ? text : Buffer.from(text).toString(),
      );
      if (handed.includes(attack)) readers.push(name);
    }
    expect(readers.includes('body-parser')).toBe(false);
    if (peers.parsers.length > 0) expect(readers.length).toBeGreaterThan(0);
  });
});
