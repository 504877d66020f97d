// Where parsers of JSON differ from Weir, on purpose.

import { processorOf } from '../../src/body/select.ts';
import type { Exception } from './trial.ts';

/** All of them. */
export const jsonExceptions: readonly Exception[] = [
  {
    name: 'UTF-7',
    oracles: ['body-parser', 'body-parser, not strict'],
    why: 'body-parser takes every charset whose name begins with utf-',
    policy: 'failure `charset`: detected, or blocked where that is set; BODY_CHARSET_UNSUPPORTED for rules',
    example: { contentType: 'application/json; charset=utf-7', body: Buffer.from('{"a":"+ADw-script+AD4-"}') },
    covers: (_, { contentType }, { failures }) =>
      /utf-7/i.test(contentType ?? '') && failures.some((failure) => failure.startsWith('charset:')),
  },
  {
    name: 'a scalar first, under a type that is not JSON',
    oracles: ['JSON.parse', 'fetch', 'Django', 'Starlette', 'PHP', 'Rack', 'Go', 'Jackson'],
    why: 'texts begin with a quote or a digit too; only objects and lists are taken for JSON by their first bytes',
    policy: 'rules see the bytes (REQUEST_BODY)',
    example: { contentType: 'text/plain', body: Buffer.from('"\\u003cscript>"') },
    covers: (_, { contentType, body }) =>
      processorOf([contentType ?? '']) !== 'JSON' && !/^\s*[{[]/.test(Buffer.from(body).toString()),
  },
];
