// For each variable that docs/seclang.md calls supported: an exchange in which it has a value, and what that is.

import type { ExchangeCase } from '../support/exchange.ts';

/** A variable with a value. */
export interface NamedVariable {
  /** A regular expression that one of its values matches completely. */
  readonly is: string;
  /** The exchange in which it has that value; absent: any exchange. */
  readonly in?: ExchangeCase;
  readonly phase?: 1 | 2 | 3 | 4 | 5;
  /** Rules that run before. */
  readonly after?: string;
}

const typed = (type: string, body: string): ExchangeCase => ({ headers: { 'content-type': type }, body });
const form = typed('application/x-www-form-urlencoded', 'post=value');
const xml = typed('application/xml', '<a b="attribute">text</a>');
const brokenJson = typed('application/json', '{"a":');
const query: ExchangeCase = { target: '/folder/base.php?name=value' };
const cookie: ExchangeCase = { headers: { cookie: 'crumb=value' } };
const page = (more: NonNullable<ExchangeCase['response']>): ExchangeCase => ({
  response: { status: 418, body: 'a page', ...more, headers: { 'content-type': 'text/html', ...more.headers } },
});
const cutOff = page({ status: 206, headers: { 'content-encoding': 'gzip' } });

/** A multipart form; the defaults are valid. */
function parts(
  more: { head?: string; before?: string; after?: string; type?: string; end?: string } = {},
): ExchangeCase {
  const disposition = 'Content-Disposition: form-data; name="field"; filename="file.txt"';
  const head = more.head ?? `${disposition}\r\nContent-Type: text/plain\r\n`;
  const body = `${more.before ?? ''}--b${more.end ?? '\r\n'}${head}\r\n12345\r\n--b--\r\n${more.after ?? ''}`;
  return typed(more.type ?? 'multipart/form-data; boundary=b', body);
}

const many = Array.from({ length: 101 }, (_, index) => index);
const file = (index: number): string =>
  `--b\r\nContent-Disposition: form-data; name="f${index}"; filename="n"\r\n\r\nx\r\n`;
const opened = (collection: string): Pick<NamedVariable, 'after' | 'is' | 'phase'> => ({
  after: `SecAction "id:90,phase:1,pass,nolog,initcol:${collection}=key,setvar:${collection}.name=value"`,
  is: 'value',
});
const found = 'SecRule ARGS:name "@contains val" "id:90,phase:2,pass,nolog,chain"\n';
const time: NamedVariable = { is: '\\d+' };

/** By name. */
export const namedVariables: Readonly<Record<string, NamedVariable>> = {
  ARGS: { is: 'value', in: query },
  ARGS_COMBINED_SIZE: { is: '9', in: query },
  ARGS_GET: { is: 'value', in: query },
  ARGS_GET_NAMES: { is: 'name', in: query },
  ARGS_NAMES: { is: 'name', in: query },
  ARGS_POST: { is: 'value', in: form },
  ARGS_POST_NAMES: { is: 'post', in: form },
  AUTH_TYPE: { is: 'Basic', in: { headers: { authorization: 'Basic dXNlcjpwYXNz' } } },
  BODY_CHARSET_UNSUPPORTED: { is: 'klingon', in: typed('application/json; charset=klingon', '{}') },
  BODY_CODING_UNSUPPORTED: { is: 'exi', in: { ...form, headers: { ...form.headers, 'content-encoding': 'exi' } } },
  BODY_TYPE_MISMATCH: { is: 'none/JSON', in: { body: '{"a":1}' } },
  BODY_XML_DOCTYPE: { is: '1', in: typed('application/xml', '<!DOCTYPE a><a/>') },
  BODY_XML_ENTITY: { is: '1', in: typed('application/xml', '<!DOCTYPE a [<!ENTITY e "u">]><a>&e;</a>') },
  DURATION: time,
  ENV: { is: 'value', after: 'SecAction "id:90,phase:1,pass,nolog,setenv:name=value"' },
  FILES: { is: 'file\\.txt', in: parts() },
  FILES_COMBINED_SIZE: { is: '5', in: parts() },
  FILES_NAMES: { is: 'field', in: parts() },
  FILES_SIZES: { is: '5', in: parts() },
  FILES_TMP_CONTENT: { is: '12345', in: parts() },
  FULL_REQUEST_LENGTH: { is: '\\d\\d', in: { target: '/' } },
  GLOBAL: opened('global'),
  HIGHEST_SEVERITY: { is: '2', after: 'SecAction "id:90,phase:1,pass,nolog,severity:CRITICAL"' },
  INBOUND_DATA_ERROR: { is: '0' },
  IP: opened('ip'),
  MATCHED_VAR: { is: 'value', in: query, after: found },
  MATCHED_VARS: { is: 'value', in: query, after: found },
  MATCHED_VARS_NAMES: { is: 'ARGS:name', in: query, after: found },
  MATCHED_VAR_NAME: { is: 'ARGS:name', in: query, after: found },
  MODSEC_BUILD: { is: '03\\d+' },
  MSC_PCRE_ERROR: { is: '0' },
  MSC_PCRE_LIMITS_EXCEEDED: { is: '0' },
  MULTIPART_BOUNDARY_QUOTED: { is: '1', in: parts({ type: 'multipart/form-data; boundary="b"' }) },
  MULTIPART_BOUNDARY_WHITESPACE: { is: '1', in: parts({ type: 'multipart/form-data; boundary= b' }) },
  MULTIPART_CRLF_LF_LINES: { is: '1', in: parts({ end: '\n' }) },
  MULTIPART_DATA_AFTER: { is: '1', in: parts({ after: 'more' }) },
  MULTIPART_DATA_BEFORE: { is: '1', in: parts({ before: 'less\r\n' }) },
  MULTIPART_FILENAME: { is: 'file\\.txt', in: parts() },
  MULTIPART_FILE_LIMIT_EXCEEDED: {
    is: '1',
    in: typed('multipart/form-data; boundary=b', `${many.map(file).join('')}--b--\r\n`),
  },
  MULTIPART_HEADER_FOLDING: {
    is: '1',
    in: parts({ head: 'Content-Disposition: form-data;\r\n name="field"\r\n' }),
  },
  MULTIPART_INVALID_HEADER_FOLDING: {
    is: '1',
    in: parts({ head: 'Content-Disposition: form-data;\r\n\x0bname="field"\r\n' }),
  },
  MULTIPART_INVALID_PART: { is: '1', in: parts({ head: 'Content-Type: text/plain\r\n' }) },
  MULTIPART_INVALID_QUOTING: { is: '1', in: parts({ head: "Content-Disposition: form-data; name='field'\r\n" }) },
  MULTIPART_LF_LINE: { is: '1', in: parts({ end: '\n' }) },
  MULTIPART_MISSING_SEMICOLON: { is: '1', in: parts({ head: 'Content-Disposition: form-data name="field"\r\n' }) },
  MULTIPART_NAME: { is: 'field', in: parts() },
  MULTIPART_PART_HEADERS: { is: 'Content-Type: text/plain', in: parts() },
  MULTIPART_STRICT_ERROR: { is: '1', in: parts({ before: 'less\r\n' }) },
  MULTIPART_UNMATCHED_BOUNDARY: {
    is: '[12]',
    in: typed('multipart/form-data; boundary=b', '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n--c\r\nx'),
  },
  OUTBOUND_DATA_ERROR: { is: '0' },
  PATH_INFO: { is: '/folder/base\\.php', in: query },
  QUERY_STRING: { is: 'name=value', in: query },
  REMOTE_ADDR: { is: '192\\.0\\.2\\.1' },
  REMOTE_HOST: { is: '192\\.0\\.2\\.1' },
  REMOTE_PORT: { is: '4711' },
  REMOTE_USER: { is: 'user', in: { headers: { authorization: 'Basic dXNlcjpwYXNz' } } },
  REQBODY_ERROR: { is: '1', in: brokenJson },
  REQBODY_ERROR_MSG: { is: '.*JSON.*', in: brokenJson },
  REQBODY_PROCESSOR: { is: 'JSON', in: brokenJson },
  REQBODY_PROCESSOR_ERROR: { is: '1', in: brokenJson },
  REQBODY_PROCESSOR_ERROR_MSG: { is: '.*JSON.*', in: brokenJson },
  REQUEST_BASENAME: { is: 'base\\.php', in: query },
  REQUEST_BODY: { is: 'post=value', in: form },
  REQUEST_BODY_LENGTH: { is: '10', in: form },
  REQUEST_COOKIES: { is: 'value', in: cookie },
  REQUEST_COOKIES_NAMES: { is: 'crumb', in: cookie },
  REQUEST_FILENAME: { is: '/folder/base\\.php', in: query },
  REQUEST_HEADERS: { is: 'crumb=value', in: cookie },
  REQUEST_HEADERS_NAMES: { is: 'cookie', in: cookie },
  REQUEST_LINE: { is: 'GET /folder/base\\.php\\?name=value HTTP/1\\.1', in: query },
  REQUEST_METHOD: { is: 'PURGE', in: { method: 'PURGE' } },
  REQUEST_PROTOCOL: { is: 'HTTP/1\\.1' },
  REQUEST_URI: { is: '/folder/base\\.php\\?name=value', in: query },
  REQUEST_URI_RAW: { is: '/folder/base\\.php\\?name=value', in: query },
  RESOURCE: opened('resource'),
  RESPONSE_BODY: { is: 'a page', in: page({}), phase: 4 },
  RESPONSE_BODY_LENGTH: { is: '6', in: page({}), phase: 4 },
  RESPONSE_CONTENT_LENGTH: { is: '6', in: page({ headers: { 'content-length': '6' } }), phase: 4 },
  RESPONSE_CONTENT_TYPE: { is: 'text/html', in: page({}), phase: 3 },
  RESPONSE_HEADERS: { is: 'text/html', in: page({}), phase: 3 },
  RESPONSE_HEADERS_NAMES: { is: 'content-type', in: page({}), phase: 3 },
  RESPONSE_PROTOCOL: { is: 'HTTP/1\\.1', in: page({}), phase: 3 },
  RESPONSE_STATUS: { is: '418', in: page({}), phase: 3 },
  RES_BODY_CHARSET_UNSUPPORTED: {
    ...{ is: 'klingon', phase: 4 },
    in: page({ headers: { 'content-type': 'text/html; charset=klingon' } }),
  },
  RES_BODY_CODING_UNSUPPORTED: { is: 'exi', in: page({ headers: { 'content-encoding': 'exi' } }), phase: 4 },
  RES_BODY_ERROR: { is: '1', in: cutOff, phase: 4 },
  RES_BODY_ERROR_MSG: { is: '.*206.*', in: cutOff, phase: 4 },
  RES_BODY_PROCESSOR_ERROR: { is: '1', in: cutOff, phase: 4 },
  RES_BODY_PROCESSOR_ERROR_MSG: { is: '.*206.*', in: cutOff, phase: 4 },
  RES_BODY_TYPE_MISMATCH: { is: 'gzip/plain', in: page({ headers: { 'content-encoding': 'gzip' } }), phase: 4 },
  RULE: { is: '1' },
  SDBM_DELETE_ERROR: { is: '0' },
  SERVER_ADDR: { is: '198\\.51\\.100\\.7' },
  SERVER_NAME: { is: 'other\\.test', in: { headers: { host: 'other.test:8443' } } },
  SERVER_PORT: { is: '8443', in: { headers: { host: 'other.test:8443' } } },
  SESSION: opened('session'),
  SESSIONID: { is: 'key', after: 'SecAction "id:90,phase:1,pass,nolog,setsid:key"' },
  STATUS_LINE: { is: 'HTTP/1\\.1 418.*', in: page({}), phase: 3 },
  TIME: { is: '\\d\\d:\\d\\d:\\d\\d' },
  TIME_DAY: time,
  TIME_EPOCH: time,
  TIME_HOUR: time,
  TIME_MIN: time,
  TIME_MON: time,
  TIME_SEC: time,
  TIME_WDAY: { is: '[0-6]' },
  TIME_YEAR: { is: '\\d{4}' },
  TX: { is: 'value', after: 'SecAction "id:90,phase:1,pass,nolog,setvar:tx.name=value"' },
  UNIQUE_ID: { is: 'test' },
  URLENCODED_ERROR: { is: '1', in: { target: '/?a=%zz' } },
  USER: opened('user'),
  USERID: { is: 'key', after: 'SecAction "id:90,phase:1,pass,nolog,setuid:key"' },
  WEBAPPID: { is: 'shop', after: 'SecWebAppId shop' },
  XML: { is: 'text', in: xml },
};
