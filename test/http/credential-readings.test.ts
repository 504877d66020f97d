// What is read in credentials, and what is not.

import { describe, expect, it } from 'vitest';
import { mayHoldCredentials, readCredentials } from '../../src/http/credential-readings.ts';
import { EventLog } from '../support/event-log.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const base64url = (text: string): string => Buffer.from(text).toString('base64url');

function readingsOf(value: string): readonly string[] {
  const logs: EventLog[] = [];
  const openReading = (): EventLog => {
    const log = new EventLog();
    logs.push(log);
    return log;
  };
  readCredentials({ name: 'authorization', value }, { openReading, limits: { valueReadingDepthMax: 2 } });
  const fields = logs.flatMap((log) => log.fields);
  expect(fields.every(({ source, name }) => source === 'REQUEST_HEADERS_READING' && name === 'authorization')).toBe(
    true,
  );
  return fields.map((field) => field.value);
}

describe('readCredentials', () => {
  const token = [base64url('{"alg":"HS256","kid":"../../dev/null"}'), base64url('{"sub":"x"}'), 'c2ln'].join('.');
  const cases: readonly (readonly [value: string, readings: readonly string[]])[] = [
    [`Basic ${base64("' or 1=1-- -:pass:word")}`, ["' or 1=1-- -", 'pass:word']],
    [`  BASIC   ${base64('user:')}`, ['user']],
    [`basic ${base64(':x')}`, ['x']],
    [`Basic ${base64url('\x7f?~>nobody')}`, ['\x7f?~>nobody']],
    [`Basic ${base64('é:x')}`, ['\xc3\xa9', 'x']],
    ['Basic', []],
    ['Basic ====', []],
    [`Bearer ${token}`, ['alg', 'HS256', 'kid', '../../dev/null']],
    [`DPoP ${token}`, ['alg', 'HS256', 'kid', '../../dev/null']],
    ['Bearer 0123456789abcdef', []],
    ['Bearer a.b.c', []],
    ['Digest username="a.b"', []],
    ['', []],
  ];
  for (const [value, readings] of cases) {
    it(`finds ${readings.join(' and ') || 'nothing'} in ${value}`, () =>
      expect(readingsOf(value)).toStrictEqual(readings));
  }
});

describe('mayHoldCredentials', () => {
  it('is for the headers of both kinds of servers', () => {
    const names = ['authorization', 'proxy-authorization', 'cookie', 'x-authorization'];
    expect(names.filter((name) => mayHoldCredentials({ name, value: '' }))).toStrictEqual(names.slice(0, 2));
  });
});
