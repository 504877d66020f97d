// Cuts inside everything that a decoder reads as a unit: UTF-8, escapes, entities, boundaries, headers of content encodings,
// frames. Valid and broken bodies; failures allowed, so that everything after them is compared too.

import { join } from 'node:path';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureCauses } from '../../src/base/failure-table.ts';
import { loadPlan } from '../../src/compile/compile.ts';
import { failurePolicyWith } from '../../src/decision/failure-mode.ts';
import type { HeaderList } from '../../src/http/headers.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { assertCutsDoNotShow } from '../support/cut-checks.ts';
import { type CutExchange, cutSeed, inspect } from '../support/cut-exchanges.ts';
import { frame, lengthField } from '../support/protobuf.ts';

const sqli = "1' UNION SELECT password FROM users -- ";
const script = '<script>alert(1)</script>';
const form = 'application/x-www-form-urlencoded';
const crlf = (text: string): string => text.replaceAll('\n', '\r\n');

/** gzip with all optional parts of its header: extra, name, comment and checksum of the header left out. */
function gzipWithLongHeader(text: string): Buffer {
  const whole = gzipSync(text);
  const head = Buffer.from([...whole.subarray(0, 3), 0x04 | 0x08 | 0x10, ...whole.subarray(4, 10)]);
  const extra = Buffer.from([5, 0, 1, 2, 3, 4, 5]);
  return Buffer.concat([head, extra, Buffer.from('name\0comment\0'), whole.subarray(10)]);
}

const multipart = crlf(`preamble
--b-x
Content-Disposition: form-data; name="a"

--b-
--b-${sqli}
--b-x
Content-Disposition: form-data; name="f"; filename*=utf-8''%e2%82%ac.php
Content-Type: text/plain
Content-Transfer-Encoding: quoted-printable

=3C=73cript>alert(1)</script=
>
--b-x
Content-Disposition: form-data; name="g"; filename="x"
Content-Transfer-Encoding: base64

${Buffer.from(`<?php eval($_POST["x"]); ${script}`).toString('base64')}
--b-x--
epilogue`);

/** Attack, type, body; a type may have a content encoding. */
const bodies: readonly (readonly [title: string, type: string, body: string | Uint8Array, coding?: string])[] = [
  ['percent escapes', form, `a=${[...sqli].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('')}&b=%zz%4`],
  ['escapes twice over', form, `a=${encodeURIComponent(encodeURIComponent(sqli))}`],
  ['UTF-8 in a form', form, Buffer.from(`é=€𝄞&ü=${sqli}𝄞`)],
  ['escapes of JSON', 'application/json', `{"\\u0061":[1e5,"\\ud834\\udd1e${sqli.replace('U', '\\u0055')}\\n\\""]}`],
  ['UTF-8 in JSON', 'application/json', Buffer.from(`\ufeff{"é":"€𝄞${script}"}`)],
  ['lines of JSON', 'application/x-ndjson', `{"a":1}\n{"b":"${sqli}"}\n\n`],
  ['UTF-16 in JSON', 'application/json; charset=utf-16', Buffer.from(`\ufeff{"a":"𝄞${script}"}`, 'utf16le')],
  ['entities of XML', 'text/xml', `<?xml version="1.0"?><a b="&#x3c;&#115;cript&gt;"><![CDATA[${script}]]>&#60;x</a>`],
  ['a document type', 'text/xml', `<!DOCTYPE a [<!ENTITY b "${sqli}">]><!-- ${script} --><a>&lt;</a>`],
  ['an entity of its own', 'text/xml', `<a>&b;${script}</a>`],
  ['boundaries of parts', 'multipart/form-data; boundary=b-x', multipart],
  ['GraphQL', 'application/graphql', `query { a(b: "\\u0031' UNION SELECT password FROM users -- ") }`],
  ['frames of gRPC', 'application/grpc', Buffer.concat([frame(lengthField(1, script)), frame(lengthField(2, sqli))])],
  ['gRPC-Web text', 'application/grpc-web-text', frame(lengthField(1, script)).toString('base64')],
  ['events', 'text/event-stream', `event: a\ndata: ${script}\n\n`],
  ['a JSON body without a type', '', `  {"a":"${sqli}"}`],
  ['JSON that is called a form', form, `{"a":"${sqli.replace('U', '\\u0055')}"}`],
  ['multipart that is called a form', form, multipart.slice(multipart.indexOf('--b-x'))],
  ['gzip', form, gzipSync(`a=${sqli}`), 'gzip'],
  ['gzip with a long header', form, gzipWithLongHeader(`a=${sqli}`), 'gzip'],
  ['gzip in two members', form, Buffer.concat([gzipSync('a=1&b='), gzipSync(sqli)]), 'gzip'],
  ['deflate', 'application/json', deflateSync(`{"a":"${script}"}`), 'deflate'],
  ['raw deflate', 'application/json', deflateRawSync(`{"a":"${script}"}`), 'deflate'],
  ['br', 'text/plain', brotliCompressSync(script), 'br'],
  ['zstd', 'text/plain', zstdCompressSync(script), 'zstd'],
  ['codings on top of each other', form, brotliCompressSync(gzipSync(`a=${sqli}`)), 'gzip, br'],
  ['what is not gzip', form, `a=${sqli}`, 'gzip'],
  ['an unknown content encoding', form, `a=${sqli}`, 'exi'],
];

function exchangeOf(title: string, type: string, body: string | Uint8Array, coding?: string): CutExchange {
  const bytes = Buffer.from(body as string);
  const headers: HeaderList = [
    { name: 'host', value: 'example.test' },
    ...(type === '' ? [] : [{ name: 'content-type', value: type }]),
    ...(coding === undefined ? [] : [{ name: 'content-encoding', value: coding }]),
  ];
  return { title, method: 'POST', target: '/', protocol: 'HTTP/1.1', headers, body: bytes };
}

/** Continues after every failure, so that more can differ. */
const allowing = failurePolicyWith(Object.fromEntries(failureCauses.map((cause) => [cause, 'allow'])));

describe(`cuts do not affect the result (seed ${cutSeed})`, () => {
  let plan: Plan;
  beforeAll(async () => {
    const cacheFolder = join(import.meta.dirname, '../../.cache/pattern-sets');
    plan = await loadPlan([join(import.meta.dirname, '../../rules/starter')], { cacheFolder });
  });
  afterAll(() => closePlan(plan));

  for (const [title, type, body, coding] of bodies) {
    const exchange = exchangeOf(title, type, body, coding);
    const { length } = exchange.body;

    it(`in ${title}, and the attack is found`, () => {
      assertCutsDoNotShow(plan, exchange, { seed: cutSeed, twoWayMax: 1000, manyWayRuns: 20 });
      const summary = inspect(plan, exchange, []);
      expect(summary.verdict.kind).not.toBe('allow');
    });

    it(`in ${title} that is truncated or damaged`, () => {
      const damaged = Buffer.from(exchange.body);
      damaged[length >> 1] = (damaged[length >> 1] as number) ^ 0x55;
      const broken = [exchange.body.subarray(0, length >> 1), exchange.body.subarray(0, -1), damaged];
      for (const one of broken) {
        const options = { seed: cutSeed, twoWayMax: 100, manyWayRuns: 10, failurePolicy: allowing };
        assertCutsDoNotShow(plan, { ...exchange, body: one }, options);
      }
    });
  }

  const noise = Array.from({ length: 9000 }, (_, at) => ((at * 2654435761) >>> 7).toString(36)).join('');
  const long: typeof bodies = [
    ['JSON that is damaged behind its first strides', 'application/json', `{"a":"${noise}",x ${script} ${noise}`],
    ['JSON that is called a form, longer than what is kept', form, `{"a":"${noise}","b":"${noise}","c":"${script}"}`],
    ['gzip of a long form', form, gzipSync(`a=${noise}&b=${sqli}`), 'gzip'],
    ['a long value', 'application/json', `{"a":"${noise}${noise}${sqli}"}`],
  ];
  for (const [title, type, body, coding] of long) {
    it(`in ${title}`, () => {
      const exchange = exchangeOf(title, type, body, coding);
      const damaged = Buffer.from(exchange.body);
      damaged.fill(0x2a, damaged.length - 20_000, damaged.length - 19_900);
      for (const one of [exchange.body, damaged]) {
        const options = { seed: cutSeed, twoWayMax: 25, manyWayRuns: 3, failurePolicy: allowing };
        assertCutsDoNotShow(plan, { ...exchange, body: one }, options);
      }
    });
  }

  it('in an encoded response', () => {
    const body = gzipWithLongHeader(
      'Warning: mysql_fetch_array() expects parameter 1; You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version',
    );
    const headers = [
      { name: 'content-type', value: 'text/html' },
      { name: 'content-encoding', value: 'gzip' },
    ];
    const request = { ...exchangeOf('a leak', form, 'a=1'), response: { status: 200, headers, body } };
    assertCutsDoNotShow(plan, request, { seed: cutSeed, twoWayMax: 200, manyWayRuns: 20 });
    expect(inspect(plan, request, []).verdict.kind).toBe('block');
  });
});
