// Where commands about packs write: asked for before they begin their work. Knows none of them, and writes nothing.

import { WafError } from '../../base/errors.ts';
import { isFolder } from '../../seclang/folder-source.ts';

/** The folder of `--output`. @throws WafError `config.invalid` when there is none: before the work, not behind it. */
export function outputFolder(path: string): string {
  if (isFolder(path)) return path;
  throw new WafError('config.invalid', `--output ${path}: there is no such folder`);
}
