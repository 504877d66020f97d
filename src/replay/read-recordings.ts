// Files of recorded exchanges → exchanges. What a file is shows by its content: HAR, audit lines, go-ftw tests, one HTTP request.

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
 * The exchanges of all files, in order. A folder is one of go-ftw tests. Lines of a log that are about something else, and requests of
 * tests that no server takes, are left out.
 * @throws WafError `config.invalid` for a file that is nothing of these, and beyond `recordingsMax`.
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
  // JSON, also behind white space or the mark that editors of Windows put before it.
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

/** @throws WafError `config.invalid` for what is not a request: that nothing changes for it would say nothing. */
function readOneRaw(bytes: Uint8Array, path: string): readonly Recording[] {
  const recordings = readRaw(bytes, path);
  if (recordings.length > 0) return recordings;
  throw new WafError('config.invalid', `${path}: it is neither a HAR, an audit log nor an HTTP/1 request`);
}

/** One HTTP/1 request; none when no server takes it. */
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
