// `pack.yaml`: which files of a pack are rules, in order of evaluation. Knows no rule text.

import * as path from 'node:path';
import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { asWafError, WafError } from '../base/errors.ts';
import { type FileReader, isFile, type RuleRoot } from './rule-file.ts';

/** The keys of a manifest. Only `files` acts; the others are for people. */
const keys = ['files', 'name', 'version', 'description', 'license', 'author', 'homepage'] as const;

/** Where a manifest is read from. */
interface ManifestSource {
  readonly reader: FileReader;
  readonly root: RuleRoot;
}

/**
 * The files that a manifest lists, as paths. That each lies inside the pack shows when it is read: only then are links followed.
 * @param folder of the pack, as the user wrote it.
 * @throws WafError `config.invalid` with the line, for a manifest that cannot be read, has a key that is not known, or names
 * what is no file.
 */
export function readManifest(folder: string, manifest: string, source: ManifestSource): readonly string[] {
  const { content, lineOf } = parseManifest(manifest, source);
  const refuse = (message: string, at?: unknown): never => {
    const line = lineOf(at);
    throw new WafError('config.invalid', `${manifest}${line === undefined ? '' : `:${line}`}: ${message}`);
  };
  if (!isMap(content)) return refuse(`it must have "files", a list of rule files`);
  for (const { key } of content.items) {
    const name = isScalar(key) ? String(key.value) : 'a key that is no text';
    if (!keys.some((known) => known === name)) {
      refuse(`"${name.slice(0, 80)}" is not known; a manifest has ${keys.join(', ')}`, key);
    }
  }
  const files = content.get('files', true) as unknown;
  if (!isSeq(files) || files.items.length === 0) return refuse('"files" must be a list of rule files', files);
  return files.items.map((entry) => {
    const file: unknown = isScalar(entry) ? entry.value : undefined;
    if (typeof file !== 'string') return refuse(`a file name is ${String(entry).slice(0, 80)}`, entry);
    const resolved = path.join(folder, file);
    const way = path.relative(folder, resolved);
    if (way === '..' || way.startsWith(`..${path.sep}`) || path.isAbsolute(file)) {
      refuse(`"${file}" is outside the pack`, entry);
    }
    if (!isFile(resolved)) refuse(`"${file}" does not exist`, entry);
    return resolved;
  });
}

/** The tree of a manifest, and the line, from 1, of one of its nodes. Aliases are not followed: nothing in a manifest needs them. */
function parseManifest(manifest: string, { reader, root }: ManifestSource) {
  try {
    const { text } = reader.read(manifest, root);
    const lineCounter = new LineCounter();
    const document = parseDocument(Buffer.from(text, 'latin1').toString('utf8'), { lineCounter });
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const lineOf = (node: unknown): number | undefined =>
      isNode(node) && node.range ? lineCounter.linePos(node.range[0]).line : undefined;
    return { content: document.contents, lineOf };
  } catch (thrown) {
    throw new WafError('config.invalid', `${manifest}: ${asWafError(thrown).message}`, { cause: thrown });
  }
}
