// A YAML text → its root as a node that knows its place, or every problem of it with its place. Knows no setting.

import { type ParsedNode, visit } from 'yaml';
import { ConfigNode, Problems } from './config-node.ts';
import { parseYaml } from './parse-yaml.ts';

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
  const { document, lines, targetOf } = parseYaml(text);
  const problems = new Problems(file, lines);
  for (const { code, pos, message } of [...document.errors, ...document.warnings]) {
    problems.add(pos[0], code === 'MULTIPLE_DOCS' ? 'a second document: one file is one document' : message);
  }
  problems.throwIfAny();
  visit(document, {
    Alias: (_, alias) => {
      const offset = alias.range?.[0] ?? 0;
      if (!aliases) problems.add(offset, `*${alias.source}: aliases are not read here`);
      else if (targetOf(alias) === undefined) {
        problems.add(offset, `there is no anchor &${alias.source} before *${alias.source}`);
      }
      return aliases ? undefined : visit.BREAK;
    },
  });
  problems.throwIfAny();
  const root = new ConfigNode(document.contents as ParsedNode | null, { name: 'the file', problems, targetOf });
  return { root, problems };
}
