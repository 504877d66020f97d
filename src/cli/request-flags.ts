// curl's flags for a request → the bytes of an HTTP/1.1 request as curl would send them. Reads files that the flags name; knows
// no rules.

import { constants } from '../base/constants.ts';
import { WafError } from '../base/errors.ts';
import { fileProblem } from '../base/file-problem.ts';
import { readInput } from '../base/input-file.ts';

/** One flag for the body, in the order of the command line. */
export interface DataFlag {
  readonly kind: 'data' | 'raw' | 'binary' | 'urlencode';
  /** As given; `@FILE` names a file, `@-` standard input (not for `raw`). */
  readonly text: string;
}

/** The flags, parsed. */
export interface RequestFlags {
  /** `http://HOST/PATH?QUERY`, the same without `http://`, or only a path. */
  readonly url: string;
  /** Default GET; POST with a body. */
  readonly method: string | undefined;
  /** `Name: value`; `Name:` removes a header, `Name;` sends it empty. */
  readonly headers: readonly string[];
  readonly parts: readonly DataFlag[];
}

/** The request's bytes. @throws WafError `config.invalid` for a flag that cannot be parsed or a file that cannot be read. */
export function buildRequest({ url, method, headers, parts }: RequestFlags): Uint8Array {
  const { host, target } = splitUrl(url);
  const body = parts.length === 0 ? undefined : joinParts(parts);
  const fields = new Map<string, readonly string[]>([
    ['host', [`Host: ${host}`]],
    ['user-agent', ['User-Agent: curl/8.14.1']],
    ['accept', ['Accept: */*']],
    ...(body === undefined
      ? []
      : ([
          ['content-length', [`Content-Length: ${body.length}`]],
          ['content-type', ['Content-Type: application/x-www-form-urlencoded']],
        ] as const)),
  ]);
  const given = new Set<string>();
  for (const header of headers) {
    const { name, line } = readHeader(header);
    const earlier = given.has(name) ? (fields.get(name) ?? []) : [];
    given.add(name);
    fields.set(name, line === undefined ? earlier : [...earlier, line]);
  }
  const verb = method ?? (body === undefined ? 'GET' : 'POST');
  const lines = [`${verb} ${target} HTTP/1.1`, ...[...fields.values()].flat(), '', ''];
  // Text from the command line is sent as UTF-8.
  return Buffer.concat([Buffer.from(lines.join('\r\n'), 'utf8'), body ?? Buffer.alloc(0)]);
}

/** Nothing is normalized, because dot segments and unusual escapes are what one wants to try. A fragment is not sent. */
function splitUrl(url: string): { readonly host: string; readonly target: string } {
  const found = /^(?:(https?):\/\/([^/?#]*))?([^#]*)/i.exec(url);
  const [, scheme, authority, rest = ''] = found ?? [];
  if (scheme === undefined && !rest.startsWith('/')) {
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(url) || !/^[\w.[\]:-]+(?:[/?#]|$)/.test(url)) {
      throw new WafError('config.invalid', `"${url}" is neither [http://]HOST/PATH nor a path that begins with /`);
    }
    return splitUrl(`http://${url}`);
  }
  if (authority === '') throw new WafError('config.invalid', `"${url}" has no host`);
  if (authority?.includes('@')) {
    throw new WafError('config.invalid', `"${url}" contains a user name: use -H 'Authorization: …' instead`);
  }
  const defaultPort = scheme?.toLowerCase() === 'https' ? /:443$/ : /:80$/;
  const host = authority?.replace(defaultPort, '') ?? 'localhost';
  return { host, target: rest.startsWith('/') ? rest : `/${rest}` };
}

function readHeader(header: string): { readonly name: string; readonly line: string | undefined } {
  if (/[\r\n\0]/.test(header)) {
    throw new WafError('config.invalid', 'a header contains a line end or NUL: use --raw for such a request');
  }
  const [, name, mark, value = ''] = /^([^:;\s]+)\s*([:;])(.*)$/.exec(header) ?? [];
  if (name === undefined || (mark === ';' && value.trim() !== '')) {
    throw new WafError(
      'config.invalid',
      `-H "${header}": write "Name: value", "Name:" to remove it, "Name;" for empty`,
    );
  }
  const key = name.toLowerCase();
  if (mark === ';') return { name: key, line: `${name}:` };
  return { name: key, line: value.trim() === '' ? undefined : `${name}:${value}` };
}

/** Parts joined by `&`, as curl does. */
function joinParts(parts: readonly DataFlag[]): Buffer {
  const separator = Buffer.from('&');
  return Buffer.concat(
    parts.flatMap((part, index) => (index === 0 ? [partBytes(part)] : [separator, partBytes(part)])),
  );
}

function partBytes({ kind, text }: DataFlag): Buffer {
  switch (kind) {
    case 'raw':
      return Buffer.from(text, 'utf8');
    case 'binary':
      return text.startsWith('@') ? readFile(text.slice(1)) : Buffer.from(text, 'utf8');
    case 'data':
      // From a file, curl removes line ends and NULs.
      return text.startsWith('@')
        ? Buffer.from(readFile(text.slice(1)).filter((byte) => byte !== 0x0a && byte !== 0x0d && byte !== 0))
        : Buffer.from(text, 'utf8');
    case 'urlencode':
      return encodedPart(text);
  }
}

/** `content`, `=content`, `name=content`, `@file`, `name@file`: the content is encoded, the name is not. */
function encodedPart(text: string): Buffer {
  const [, name = '', mark, rest = ''] = /^([^=@]*)([=@])(.*)$/s.exec(text) ?? [];
  if (mark === undefined) return Buffer.from(percentEncode(Buffer.from(text, 'utf8')));
  const content = mark === '@' ? readFile(rest) : Buffer.from(rest, 'utf8');
  return Buffer.from(`${name === '' ? '' : `${name}=`}${percentEncode(content)}`);
}

function percentEncode(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/[^A-Za-z0-9\-._~ ]/g, (unit) => `%${unit.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
    .replaceAll(' ', '+');
}

/** A file's bytes; `-` is standard input. @throws WafError `config.invalid` if it cannot be read. */
export function readFile(name: string): Buffer {
  try {
    return readInput(name, constants.inputFileBytesMax);
  } catch (error) {
    throw new WafError('config.invalid', `${name} cannot be read: ${fileProblem(error)}`, { cause: error });
  }
}
