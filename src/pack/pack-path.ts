// Paths of files inside of a pack: what one may be, wherever it is written (manifest, archive, folder). Reads nothing.

import { constants } from '../base/constants.ts';

/**
 * Why a path cannot be that of a file inside of a pack, as the rest of a sentence; undefined for one that can. It is one way of
 * writing a place below the top: parts of printable characters between single slashes, none of them `.` or `..`.
 */
export function problemOfPath(path: string): string | undefined {
  if (path === '') return 'is empty';
  if (path.includes('\uFFFD')) return 'is not UTF-8';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
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
