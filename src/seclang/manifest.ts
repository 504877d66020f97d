// `pack.yaml`: which files of a pack are rules, in order of evaluation. Knows no rule text.

import * as path from 'node:path';
import { parse as parseYaml } from 'yaml';
import { asWafError, WafError } from '../base/errors.ts';
import { type FileReader, isFile, type RuleRoot } from './rule-file.ts';

/**
 * The files that a manifest lists, as paths. That each lies inside the pack shows when it is read: only then are links followed.
 * @param folder of the pack, as the user wrote it.
 * @throws WafError `config.invalid` for a manifest that cannot be read or names what is no file.
 */
export function readManifest(
  folder: string,
  manifest: string,
  { reader, root }: { readonly reader: FileReader; readonly root: RuleRoot },
): readonly string[] {
  const content = parseManifest(manifest, { reader, root });
  const files = typeof content === 'object' && content !== null && 'files' in content ? content.files : undefined;
  if (!Array.isArray(files) || files.length === 0) {
    throw new WafError('config.invalid', `${manifest}: "files" must be a list of rule files`);
  }
  return files.map((file: unknown) => {
    if (typeof file !== 'string') {
      throw new WafError('config.invalid', `${manifest}: a file name is ${JSON.stringify(file)?.slice(0, 80)}`);
    }
    const resolved = path.join(folder, file);
    const way = path.relative(folder, resolved);
    if (way === '..' || way.startsWith(`..${path.sep}`) || path.isAbsolute(file)) {
      throw new WafError('config.invalid', `${manifest}: "${file}" is outside the pack`);
    }
    if (!isFile(resolved)) throw new WafError('config.invalid', `${manifest}: "${file}" does not exist`);
    return resolved;
  });
}

function parseManifest(manifest: string, source: { readonly reader: FileReader; readonly root: RuleRoot }): unknown {
  try {
    const { text } = source.reader.read(manifest, source.root);
    return parseYaml(Buffer.from(text, 'latin1').toString('utf8'));
  } catch (thrown) {
    throw new WafError('config.invalid', `${manifest}: ${asWafError(thrown).message}`, { cause: thrown });
  }
}
