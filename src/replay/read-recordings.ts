// Files of recorded exchanges → exchanges. The format is recognized by content: HAR, audit lines, go-ftw tests, one HTTP request.

import { realpathSync } from 'node:fs';
import { constants } from '../base/constants.ts';
import { asWafError, WafError } from '../base/errors.ts';
import { parseRequest } from '../ftw/http-parser.ts';
import { buildRequest } from '../ftw/request-builder.ts';
import { readTests } from '../ftw/suite-reader.ts';
import { isFolder, readRegular } from '../seclang/folder-source.ts';
import { isAuditLine, readAuditLine } from './audit-line.ts';
import { isHar, readHar } from './har.ts';
import type { Recording } from './recording.ts';

/**
 * The exchanges of all files, in order. A folder contains go-ftw tests. Log lines about something else, and test requests that no
 * server accepts, are skipped.
 * @throws WafError `config.invalid` for a file in none of these formats, and above `recordingsMax`.
 */
export function readRecordings(paths: readonly string[]): readonly Recording[] {
  const recordings = paths.flatMap(readPath);
  if (recordings.length > constants.recordingsMax) {
    throw new WafError('config.invalid', `these are ${recordings.length} exchanges, limit ${constants.recordingsMax}`);
  }
  return recordings;
}

function readPath(path: string): readonly Recording[] {
  if (isFolder(path) || /\.ya?ml$/.test(path)) return readFtw(path);
  const bytes = bytesOf(path);
  // JSON, also after white space or the byte order mark of Windows editors.
  if (!/^(?:\xef\xbb\xbf)?\s*\{/.test(bytes.toString('latin1', 0, 64))) return readOneRaw(bytes, path);
  const text = new TextDecoder().decode(bytes);
  const whole = jsonOf(text);
  if (isHar(whole)) return readHar(whole, path);
  const lines = text.split('\n').map(jsonOf).filter(isAuditLine);
  if (lines.length === 0) {
    throw new WafError('config.invalid', `${path}: it is neither a HAR nor an audit log with requests in it`);
  }
  return lines.map(readAuditLine);
}

function bytesOf(path: string): Buffer {
  try {
    return readRegular(realpathSync(path), constants.recordingFileBytesMax);
  } catch (thrown) {
    throw new WafError('config.invalid', `${path}: ${asWafError(thrown).message}`, { cause: thrown });
  }
}

function readFtw(path: string): readonly Recording[] {
  return readTests([path]).flatMap(({ id, stages }) =>
    stages.flatMap(({ input }, index) => readRaw(buildRequest(input), stages.length === 1 ? id : `${id}/${index + 1}`)),
  );
}

/** @throws WafError `config.invalid` if it is not a request, because "nothing changes" would be meaningless. */
function readOneRaw(bytes: Uint8Array, path: string): readonly Recording[] {
  const recordings = readRaw(bytes, path);
  if (recordings.length > 0) return recordings;
  throw new WafError('config.invalid', `${path}: it is neither a HAR, an audit log nor an HTTP/1 request`);
}

/** One HTTP/1 request; none if no server accepts it. */
function readRaw(bytes: Uint8Array, name: string): readonly Recording[] {
  const request = parseRequest(bytes);
  return request.kind === 'refused' ? [] : [{ name, exchange: { request }, missing: [] }];
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
