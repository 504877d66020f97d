// A YAML text → its root as a node with location, or all of its problems with locations. Knows no setting.

import { type ParsedNode, visit } from 'yaml';
import { ConfigNode, Problems } from './config-node.ts';
import { parseYaml } from './parse-yaml.ts';

/** A valid YAML text. */
export interface YamlText {
  readonly root: ConfigNode;
  /** Problems recorded by readers; the reader of the last value throws them. */
  readonly problems: Problems;
}

/** Options. */
export interface YamlOptions {
  /** The name of the file in problems. */
  readonly file: string;
  /** Whether aliases (`*name`) are allowed. Files from third parties have no use for them. */
  readonly aliases: boolean;
}

/**
 * Parses a text of one document.
 * @throws WafError `config.invalid` with every syntax problem on its own line, `FILE:LINE:COLUMN: …`.
 */
export function readYaml(text: string, { file, aliases }: YamlOptions): YamlText {
  const { document, lines, targetOf } = parseYaml(text);
  const problems = new Problems(file, lines);
  for (const { code, pos, message } of [...document.errors, ...document.warnings]) {
    problems.add(pos[0], code === 'MULTIPLE_DOCS' ? 'a second document: a file must contain only one' : message);
  }
  problems.throwIfAny();
  visit(document, {
    Alias: (_, alias) => {
      const offset = alias.range?.[0] ?? 0;
      if (!aliases) problems.add(offset, `*${alias.source}: aliases are not allowed here`);
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
