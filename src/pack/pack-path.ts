// Valid paths of files inside a pack, for manifest, archive and folder. Reads nothing.

import { constants } from '../base/constants.ts';

/**
 * Why a path is not a valid path of a file inside a pack, as the rest of a sentence; undefined if it is valid. Valid paths are
 * unambiguous: components of printable characters separated by single slashes, none of them `.` or `..`.
 */
export function problemOfPath(path: string): string | undefined {
  if (path === '') return 'is empty';
  if (path.includes('\uFFFD')) return 'is not UTF-8';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this searches for control characters.
  if (/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/.test(path)) return 'has a control character';
  if (path.includes('\\')) return 'has a backslash';
  if (path.startsWith('/') || /^[a-zA-Z]:/.test(path)) return 'is an absolute path';
  const parts = path.split('/');
  if (parts.includes('..')) return 'is outside the pack';
  if (parts.includes('.') || parts.includes('')) return 'is not written plainly: no "." and no empty part';
  if (Buffer.byteLength(path) > constants.packPathBytesMax) {
    return `is longer than ${constants.packPathBytesMax} bytes`;
  }
  return undefined;
}
