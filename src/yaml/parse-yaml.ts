// A YAML text → a document, in time linear in its length. The parser's own search for duplicate keys and alias targets takes
// quadratic time. Knows no value.

import { type Alias, Document, isScalar, LineCounter, type Node, parseDocument, visit, YAMLParseError } from 'yaml';

/** A parsed text. Syntax errors are in `document.errors`. */
export interface ParsedYaml {
  readonly document: Document;
  readonly lines: LineCounter;
  /** The target of an alias; undefined if there is no such anchor before it. */
  readonly targetOf: (alias: Alias) => Node | undefined;
}

/** Parses a text of one document. Never throws. */
export function parseYaml(text: string): ParsedYaml {
  const lines = new LineCounter();
  try {
    const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: false } as const;
    const document = parseDocument(text, options) as unknown as Document;
    const targets = lookThrough(document);
    return { document, lines, targetOf: (alias) => targets.get(alias) };
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    const document = new Document(null);
    document.errors.push(new YAMLParseError([0, 1], 'UNEXPECTED_TOKEN', 'lists and mappings are nested too deep'));
    return { document, lines, targetOf: () => undefined };
  }
}

/** Records duplicate keys of mappings as errors, and finds the targets of aliases. */
function lookThrough(document: Document): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  const note = (node: Node & { anchor?: string }): void => {
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
  };
  visit(document, {
    Alias: (_, alias) => {
      const target = anchors.get(alias.source);
      if (target !== undefined) targets.set(alias, target);
    },
    Scalar: (_, scalar) => note(scalar),
    Seq: (_, list) => note(list),
    Map: (_, mapping) => {
      note(mapping);
      const keys = new Set<unknown>();
      for (const { key } of mapping.items) {
        if (!isScalar(key)) continue;
        const start = key.range?.[0] ?? 0;
        if (keys.has(key.value)) {
          document.errors.push(new YAMLParseError([start, start + 1], 'DUPLICATE_KEY', 'Map keys must be unique'));
        }
        keys.add(key.value);
      }
    },
  });
  return targets;
}
