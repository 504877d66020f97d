// A YAML text → its root as a node that knows its place, or every problem of it with its place. Knows no setting.

import { LineCounter, type ParsedNode, parseDocument, visit } from 'yaml';
import { ConfigNode, Problems } from './config-node.ts';

/** A text that is YAML. */
export interface YamlText {
  readonly root: ConfigNode;
  /** What readers note; whoever read the last value throws them. */
  readonly problems: Problems;
}

/** How a text is read. */
export interface YamlOptions {
  /** What problems call the file. */
  readonly file: string;
  /** Whether `*name` may stand for what `&name` names. What others wrote has no use for it. */
  readonly aliases: boolean;
}

/**
 * Parses a text of one document.
 * @throws WafError `config.invalid` with every problem of its syntax on a line of its own, `FILE:LINE:COLUMN: …`.
 */
export function readYaml(text: string, { file, aliases }: YamlOptions): YamlText {
  const lines = new LineCounter();
  const problems = new Problems(file, lines);
  const document = documentOf(text, lines, problems);
  for (const { code, pos, message } of [...document.errors, ...document.warnings]) {
    problems.add(pos[0], code === 'MULTIPLE_DOCS' ? 'a second document: one file is one document' : message);
  }
  visit(document, {
    Alias: (_, alias) => {
      const offset = alias.range?.[0] ?? 0;
      if (!aliases) problems.add(offset, `*${alias.source}: aliases are not read here`);
      else if (alias.resolve(document) === undefined) {
        problems.add(offset, `no anchor &${alias.source} stands before *${alias.source}`);
      }
      return aliases ? undefined : visit.BREAK;
    },
  });
  problems.throwIfAny();
  const root = new ConfigNode(document.contents as ParsedNode | null, { name: 'the file', problems, document });
  return { root, problems };
}

/** @throws as `readYaml`, for a text whose lists and mappings are nested beyond the parser's stack. */
function documentOf(text: string, lines: LineCounter, problems: Problems): ReturnType<typeof parseDocument> {
  try {
    return parseDocument(text, { lineCounter: lines, prettyErrors: false });
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    problems.add(0, 'lists and mappings are nested too deep');
    problems.throwIfAny();
    throw thrown;
  }
}
