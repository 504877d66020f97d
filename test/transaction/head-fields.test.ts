import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { runAtOnce } from '../../src/base/turn.ts';
import { Facts } from '../../src/evaluate/facts.ts';
import { Inspector } from '../../src/inspect/inspector.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { type FieldKindName, fieldKind, fieldKinds } from '../../src/plan/field-kind.ts';
import type { Plan } from '../../src/plan/plan.ts';
import {
  addRequestHead,
  addResponseHeaders,
  setRequestFacts,
  setResponseFacts,
} from '../../src/transaction/head-fields.ts';
import { planOf } from '../support/exchange.ts';

const head = {
  method: 'GET',
  target: 'http://example.test/a%20b/c.php?x=1&y=%41&x=2',
  protocol: 'HTTP/1.1',
  headers: [
    { name: 'host', value: 'example.test:8080' },
    { name: 'cookie', value: 'a=1; b=2' },
    { name: 'authorization', value: 'Basic dTpw' },
  ],
  remoteAddress: '2001:db8::1',
  remotePort: 4711,
  serverAddress: '198.51.100.7',
};

describe('addRequestHead', () => {
  let plan: Plan;
  beforeAll(async () => {
    // Fields that are compared with a text that is not known yet are stored.
    const kinds = fieldKinds.filter((name) => /^(?:REQUEST|RESPONSE|ARGS|QUERY)/.test(name));
    plan = await planOf(`SecRule ${kinds.join('|')} "@streq %{TX.x}" "id:1,phase:3,pass"\n`);
  });
  afterAll(() => closePlan(plan));

  const fieldsOf = (inspector: Inspector, kind: FieldKindName): string[] =>
    inspector.fields.of(fieldKind(kind)).map((field) => `${field.name}=${field.text}`);

  it('gives every variable of a request its value', () => {
    const inspector = new Inspector({ plan, limits, onFact: () => {} });
    runAtOnce(addRequestHead(head, inspector, { ...limits, fieldNameBytesMax: 100, pieceBytes: 3 }));
    inspector.flush();
    const expected: Partial<Record<FieldKindName, string[]>> = {
      REQUEST_LINE: [`=GET ${head.target} HTTP/1.1`],
      REQUEST_METHOD: ['=GET'],
      REQUEST_PROTOCOL: ['=HTTP/1.1'],
      REQUEST_URI: ['=/a%20b/c.php?x=1&y=%41&x=2'],
      REQUEST_URI_RAW: [`=${head.target}`],
      REQUEST_FILENAME: ['=/a b/c.php'],
      REQUEST_BASENAME: ['=c.php'],
      QUERY_STRING: ['=x=1&y=%41&x=2'],
      ARGS_GET: ['x=1', 'y=A', 'x=2'],
      ARGS_GET_NAMES: ['x=x', 'y=y', 'x=x'],
      REQUEST_COOKIES: ['a=1', 'b=2'],
      REQUEST_COOKIES_NAMES: ['a=a', 'b=b'],
      REQUEST_HEADERS_NAMES: ['host=host', 'cookie=cookie', 'authorization=authorization'],
    };
    for (const [kind, fields] of Object.entries(expected)) {
      expect(fieldsOf(inspector, kind as FieldKindName), kind).toStrictEqual(fields);
    }
  });

  it('gives response headers their names', () => {
    const inspector = new Inspector({ plan, limits, onFact: () => {} });
    runAtOnce(addResponseHeaders([{ name: 'x-a', value: '1' }], inspector));
    inspector.flush();
    expect(fieldsOf(inspector, 'RESPONSE_HEADERS')).toStrictEqual(['x-a=1']);
    expect(fieldsOf(inspector, 'RESPONSE_HEADERS_NAMES')).toStrictEqual(['x-a=x-a']);
  });
});

describe('setRequestFacts and setResponseFacts', () => {
  it('name addresses, authority and status', () => {
    const facts = new Facts();
    setRequestFacts(head, facts);
    setResponseFacts(
      { status: 404, protocol: 'HTTP/2', headers: [{ name: 'content-type', value: 'text/html' }] },
      facts,
    );
    const written = [
      `GET ${head.target} HTTP/1.1`,
      ...head.headers.map(({ name, value }) => `${name}: ${value}`),
      '',
      '',
    ].join('\r\n');
    const expected = {
      FULL_REQUEST_LENGTH: String(written.length),
      URLENCODED_ERROR: '0',
      REMOTE_ADDR: '2001:db8::1',
      REMOTE_HOST: '2001:db8::1',
      REMOTE_PORT: '4711',
      SERVER_ADDR: '198.51.100.7',
      SERVER_NAME: 'example.test',
      SERVER_PORT: '8080',
      PATH_INFO: '/a b/c.php',
      AUTH_TYPE: 'Basic',
      REMOTE_USER: 'u',
      SESSIONID: '',
      USERID: '',
      RESPONSE_STATUS: '404',
      RESPONSE_PROTOCOL: 'HTTP/2',
      STATUS_LINE: 'HTTP/2 404',
      RESPONSE_CONTENT_TYPE: 'text/html',
      RESPONSE_CONTENT_LENGTH: '0',
    };
    for (const [name, value] of Object.entries(expected)) expect([name, facts.get(name)]).toStrictEqual([name, value]);
  });

  for (const [sent, expected] of [
    ['text/html', 'text/html'],
    ['text/html;charset=utf-8', 'text/html'],
    ['Text/HTML ; charset=utf-8; x=y', 'Text/HTML'],
    [';', ''],
    ['', ''],
  ] as const) {
    it(`reads ${JSON.stringify(expected)} as the type of a response with ${JSON.stringify(sent)}`, () => {
      const facts = new Facts();
      setResponseFacts({ status: 200, protocol: 'HTTP/1.1', headers: [{ name: 'content-type', value: sent }] }, facts);
      expect(facts.get('RESPONSE_CONTENT_TYPE')).toBe(expected);
    });
  }
});
