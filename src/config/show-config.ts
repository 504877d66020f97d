// The effective configuration as text: YAML with the origin of each value as a comment, or JSON. Knows no file and no command
// line.

import { Document, isMap, isNode, isSeq } from 'yaml';
import { type Origin, pointerOf, type Setting } from './effective.ts';
import { mapValues } from './file-paths.ts';

/** The formats by name. */
export const showForms = ['yaml', 'json'] as const;

/** Information besides the settings themselves. */
export interface ShownExtra {
  readonly name: string;
  readonly value: unknown;
  readonly origin: Origin;
}

/** The configuration to show. */
export interface ShownConfig {
  readonly settings: readonly Setting[];
  /** Effective values that have no place in the file. */
  readonly extras: readonly ShownExtra[];
}

/** As text that ends with a newline. */
export function showConfig(shown: ShownConfig, form: (typeof showForms)[number]): string {
  return form === 'json' ? asJson(shown) : asYaml(shown);
}

/** `configuration` has the form of the file; `origins` are keyed by JSON Pointer into it. */
function asJson({ settings, extras }: ShownConfig): string {
  const origins = Object.fromEntries(settings.map(({ path, origin }) => [pointerOf(path), origin]));
  return `${JSON.stringify({ configuration: treeOf(settings), origins, extras }, null, 2)}\n`;
}

/** A configuration file with comments. */
function asYaml({ settings, extras }: ShownConfig): string {
  const document = new Document(treeOf(settings), { aliasDuplicateObjects: false });
  for (const { path, origin } of settings) {
    const node = document.getIn(path, true);
    const comment = ` ${describeOrigin(origin)}`;
    if (!isNode(node)) continue;
    if (isMap(node)) node.commentBefore = comment;
    else node.comment = comment;
    if (isSeq(node)) node.flow = true;
  }
  const more = extras.map(({ name, value, origin }) => `# ${name}: ${String(value)} (${describeOrigin(origin)})\n`);
  const text = document.toString({ lineWidth: 0, flowCollectionPadding: false }).trimEnd();
  return `${text}\n${more.join('')}`;
}

/** An origin in a few words, on one line. */
export function describeOrigin(origin: Origin): string {
  switch (origin.kind) {
    case 'default':
      return 'default';
    case 'flag':
      return `flag ${origin.flag}`;
    case 'environment':
      return `environment ${origin.variables.join(', ')}`;
    case 'pack':
      return `pack ${origin.pack}, ${oneLine(origin.place)}`;
    case 'file': {
      const { place, variables, profile } = origin;
      const by = variables.length === 0 ? '' : `, environment ${variables.join(', ')}`;
      return `${oneLine(place)}${by}${profile === undefined ? '' : `, extends ${profile}`}`;
    }
  }
}

/** A file name can contain any character. */
const oneLine = (place: string): string => JSON.stringify(place).slice(1, -1);

function treeOf(settings: readonly Setting[]): object {
  const tree: Record<string | number, unknown> = {};
  for (const { path, value } of settings) {
    let holder = tree;
    path.slice(0, -1).forEach((key, depth) => {
      const isList = typeof path[depth + 1] === 'number';
      if (!Object.hasOwn(holder, key)) define(holder, key, isList ? [] : {});
      holder = holder[key] as typeof tree;
    });
    define(holder, path.at(-1) ?? '', asWritten(value));
  }
  return tree;
}

/** Escapes `${`, so that the text is not read as an environment variable. */
function asWritten(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('${', () => '$${');
  if (Array.isArray(value)) return value.map(asWritten);
  return typeof value === 'object' && value !== null ? mapValues(value as Values, asWritten) : value;
}

type Values = Readonly<Record<string, unknown>>;

/** Defines the key, so that `__proto__` is an ordinary one. */
const define = (holder: object, key: string | number, value: unknown): void => {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
};
