// Encoded forms and multipart compared with the parsers of applications: most of them do not know content encodings and read the form as it was
// sent, so text in an encoding outside its content is a form to them; body-parser decodes. The text of both is inspected.

import { deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brotli, member, skippable } from '../support/coded-bodies.ts';
import { formParsers } from './form-parsers.ts';
import type { Handed } from './handed.ts';
import { multipartParsers } from './multipart-parsers.ts';
import { oraclesOf, startPeers } from './peers/peers.ts';
import { type OracleRequest, printRequest, readBody } from './reading.ts';
import { type Oracle, oracleRuns } from './trial.ts';

const pair = '&q=1%27+union+select&z=';
const attack = "1' union select";

/** A kind of body: the encoded content, the text in the encoding outside of it, and who reads it. */
interface Kind {
  readonly contentType: string;
  readonly content: string;
  /** Of text that a server may find. */
  readonly kept: string;
  /** The tokens generated for that. */
  readonly tokens: readonly string[];
  readonly oracles: readonly Oracle[];
  /** The parts of a string that must be inspected. */
  readonly runsOf: (whole: string) => readonly string[];
}

type Make = (kind: Kind, kept: string) => OracleRequest;

const coded = ({ contentType }: Kind, contentEncoding: string, body: Uint8Array): OracleRequest => ({
  contentType,
  contentEncoding,
  body,
});

/** Where encodings can contain text, by title. */
const carriers: readonly (readonly [title: string, make: Make])[] = [
  ['the comment of gzip', (kind, comment) => coded(kind, 'gzip', member(kind.content, { comment }))],
  ['the file name of gzip', (kind, name) => coded(kind, 'gzip', member(kind.content, { name }))],
  ['the extra field of gzip', (kind, extra) => coded(kind, 'gzip', member(kind.content, { extra }))],
  [
    'a later member of gzip',
    (kind, comment) => coded(kind, 'gzip', Buffer.concat([member(kind.content), member('', { comment })])),
  ],
  ['metadata of br', (kind, metadata) => coded(kind, 'br', brotli(kind.content, metadata))],
  [
    'a skipped frame of zstd',
    (kind, text) => coded(kind, 'zstd', Buffer.concat([skippable(text), zstdCompressSync(kind.content)])),
  ],
  ['deflate without compression', (kind, text) => coded(kind, 'deflate', deflateRawSync(text, { level: 0 }))],
  ['gzip itself', (kind, text) => coded(kind, 'gzip', gzipSync(text))],
];

/** Shorter runs of text between other bytes count as compressed bytes. */
const runBytesMin = 8;

/** The runs of text in a string; PHP replaces some letters of a name. */
const textRuns = (whole: string): string[] => whole.split(/[^\t-\r -~]+/).filter((run) => run.length >= runBytesMin);

/** The attacks in a string, each with its number: parsers disagree about where a broken part ends. */
const numberedAttacks = (whole: string): string[] => whole.match(/(?:union_select|<script>alert)_\d+x/g) ?? [];

const bytesOf = ({ text }: Handed): string => (typeof text === 'string' ? text : Buffer.from(text).toString('latin1'));

const peers = { form: await startPeers('form'), multipart: await startPeers('multipart') };
const inflating = formParsers.filter(({ name }) => name === 'body-parser');
const disposition = 'Content-Disposition: form-data; name=';
// Broken escapes and brackets are unrelated to encodings: form.test.ts has them.
const kinds: Readonly<Record<'form' | 'multipart', Kind>> = {
  form: {
    contentType: 'application/x-www-form-urlencoded',
    content: 'a=1',
    kept: pair,
    tokens: ['&', '=', '&q=', '+', '%27', '%3Cscript%3E', 'union select', 'a', ';', '.'],
    oracles: [...inflating, ...oraclesOf(peers.form, 'form')],
    runsOf: textRuns,
  },
  multipart: {
    contentType: 'multipart/form-data; boundary=b',
    content: `--b\r\n${disposition}"a"\r\n\r\n1\r\n--b--\r\n`,
    kept: `\r\n--b\r\n${disposition}"q"\r\n\r\n${attack} 0x\r\n--b--\r\n`,
    tokens: [
      `\r\n--b\r\n${disposition}"q"`,
      `\r\n--b\r\n${disposition}"q2"; filename="file name"`,
      '\r\nContent-Type: text/plain',
      '\r\n\r\n',
      '\r\n--b--\r\n',
      'union select #',
      '<script>alert #',
      'a',
      '\r\n',
    ],
    oracles: [...multipartParsers, ...oraclesOf(peers.multipart, 'multipart')],
    runsOf: numberedAttacks,
  },
};

const alike = (text: string): string => text.replace(/[ .[\]]/g, '_');

async function check({ oracles, runsOf }: Kind, request: OracleRequest): Promise<void> {
  const { fields, block } = readBody(request, []);
  if (block !== undefined) return;
  const seen = alike(fields.map(({ name, value }) => `${name}\n${value}`).join('\n'));
  for (const { name, read } of oracles) {
    for (const run of (await read(request)).flatMap((handed) => runsOf(alike(bytesOf(handed))))) {
      expect(
        seen.includes(run),
        `${name} hands over, in no field: ${JSON.stringify(run)}\n${printRequest(request)}`,
      ).toBe(true);
    }
  }
}

describe.each(Object.entries(kinds))('coded %s, which servers read as sent', (name, kind) => {
  for (const why of peers[name as keyof typeof peers].missing) it.skip(why, () => {});
  for (const [title, make] of carriers) it(`${title}`, () => check(kind, make(kind, kind.kept)));

  it('generated ones', () => {
    const hidden = fc
      .array(fc.constantFrom(...kind.tokens), { minLength: 1, maxLength: 12 })
      .map((tokens) => tokens.map((token, at) => token.replace('#', `${at}x`)).join(''));
    return fc.assert(
      fc.asyncProperty(fc.constantFrom(...carriers), hidden, ([, make], kept) => check(kind, make(kind, kept))),
      { seed: 1, numRuns: oracleRuns },
    );
  });
});

describe('reading an encoded form as sent', () => {
  it('is done by some parsers', async () => {
    const request = coded(kinds.form, 'gzip', member('a=1', { comment: pair }));
    const readers: string[] = [];
    for (const { name, read } of kinds.form.oracles) {
      const handed = (await read(request)).map(({ text }) =>
        typeof text === 'string' ? text : Buffer.from(text).toString(),
      );
      if (handed.includes(attack)) readers.push(name);
    }
    expect(readers.includes('body-parser')).toBe(false);
    if (peers.form.parsers.length > 0) expect(readers.length).toBeGreaterThan(0);
  });
});
