// The output folder of pack commands, checked before they start. Knows none of them, and writes nothing.

import { WafError } from '../../base/errors.ts';
import { isFolder } from '../../seclang/folder-source.ts';

/** The folder of `--output`. @throws WafError `config.invalid` if it does not exist: before the work, not after it. */
export function outputFolder(path: string): string {
  if (isFolder(path)) return path;
  throw new WafError('config.invalid', `--output ${path}: no such folder`);
}
