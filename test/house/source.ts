// One TypeScript file for the house rules: its imports, exports, functions and banned constructs. Facts only; house.test.ts judges them.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type ParserOptions, parse } from '@babel/parser';

/** A line of a file, with the name of what is there. */
export interface Place {
  readonly name: string;
  readonly line: number;
}

/** A function or class, and its number of lines, first and last included. */
export interface FunctionSize extends Place {
  readonly lines: number;
}

/** What the house rules need of one file. `path` is relative to the repository, with forward slashes. */
export interface Source {
  readonly path: string;
  readonly lines: number;
  /** The comment that the file opens with, '' when it opens with code. */
  readonly openingComment: string;
  readonly imports: readonly Place[];
  readonly undocumentedExports: readonly Place[];
  readonly functions: readonly FunctionSize[];
  readonly classes: readonly FunctionSize[];
  /** Mutable top-level variables. */
  readonly moduleLets: readonly Place[];
  /** Containers of the whole module that begin empty, so that they can only be there to be filled. */
  readonly moduleContainers: readonly Place[];
  /** The docstrings of exports. */
  readonly docstrings: readonly Place[];
  /** `any`, enums, namespaces, parameter properties. */
  readonly bannedConstructs: readonly Place[];
  /** Names given to variables, parameters and functions. */
  readonly declaredNames: readonly Place[];
  /** Whether nothing but imports is left at run time. */
  readonly isTypesOnly: boolean;
}

/** A node of the syntax tree, with the few members that the walk needs. */
interface Node {
  readonly type: string;
  readonly loc: { readonly start: { readonly line: number }; readonly end: { readonly line: number } };
  readonly [key: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && 'loc' in value;

/** The repository's top folder. */
export const repository = join(import.meta.dirname, '..', '..');

/** Every file under a folder of the repository whose name ends in one of the given endings, as repository paths. */
export function filesUnder(folder: string, endings: readonly string[]): string[] {
  if (statSync(join(repository, folder), { throwIfNoEntry: false }) === undefined) return [];
  return readdirSync(join(repository, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => join(entry.parentPath, entry.name).slice(repository.length + 1))
    .sort();
}

/** Number of lines of a repository file. */
export function lineCountOf(path: string): number {
  return readFileSync(join(repository, path), 'utf8').trimEnd().split('\n').length;
}

/** Its lines that are code: neither empty nor comment. */
export function codeLineCountOf(path: string): number {
  const text = readFileSync(join(repository, path), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  return text.split('\n').filter((line) => !/^\s*(?:\/\/|$)/.test(line)).length;
}

/** Reads and parses one file. Throws when it is not TypeScript. */
export function readSource(path: string): Source {
  const text = readFileSync(join(repository, path), 'utf8');
  const plugins: NonNullable<ParserOptions['plugins']> = path.endsWith('.ts') ? ['typescript'] : [];
  const tree = parse(text, { sourceType: 'module', plugins, attachComment: true }) as unknown as {
    readonly program: Node & { readonly body: readonly Node[] };
  };
  const body = tree.program.body;
  const facts = walk(tree.program);
  return {
    path,
    lines: text.trimEnd().split('\n').length,
    openingComment: openingCommentOf(text),
    undocumentedExports: body
      .filter((node) => isUndocumentedExport(node))
      .map((node) => ({ name: exportName(node), line: node.loc.start.line })),
    docstrings: body
      .filter((node) => isDeclarationExport(node) && !isUndocumentedExport(node))
      .map((node) => ({ name: docstringOf(node), line: node.loc.start.line })),
    moduleLets: variablesOf(body.filter((node) => declarationOf(node).kind !== 'const')),
    moduleContainers: variablesOf(body, isEmptyContainer),
    isTypesOnly: body.every((node) => isTypeStatement(node)),
    ...facts,
  };
}

const declarationOf = (node: Node): Node => (isNode(node.declaration) ? node.declaration : node);

/** The variables that statements declare, those with a wanted value. */
function variablesOf(statements: readonly Node[], isWanted = (_declarator: Node): boolean => true): Place[] {
  return statements
    .map(declarationOf)
    .filter((node) => node.type === 'VariableDeclaration')
    .flatMap((node) => node.declarations as readonly Node[])
    .filter(isWanted)
    .map((node) => ({ name: nameOf(node.id), line: node.loc.start.line }));
}

const containerNames = new Set(['Map', 'Set', 'WeakMap', 'WeakSet']);

/** `new Map()` or `[]`, unless its type says that it stays so. */
function isEmptyContainer({ id, init }: Node): boolean {
  if (!isNode(init) || !isNode(id)) return false;
  const isNew = init.type === 'NewExpression' && containerNames.has(nameOf(init.callee));
  const isEmpty = isNew ? (init.arguments as readonly unknown[]).length === 0 : isEmptyArray(init);
  return isEmpty && !/"(?:Readonly\w+|readonly)"/.test(JSON.stringify(id.typeAnnotation ?? null));
}

const isEmptyArray = (init: Node): boolean =>
  init.type === 'ArrayExpression' && (init.elements as readonly unknown[]).length === 0;

function openingCommentOf(text: string): string {
  const lines = text.split('\n');
  if (lines[0]?.startsWith('#!') === true) lines.shift();
  const end = lines.findIndex((line) => !/^(\/\/|\/\*| \*)/.test(line));
  return lines.slice(0, end < 0 ? undefined : end).join('\n');
}

const declarationTypes = new Set([
  'VariableDeclaration',
  'FunctionDeclaration',
  'ClassDeclaration',
  'TSInterfaceDeclaration',
  'TSTypeAliasDeclaration',
]);

/** Whether a statement declares and exports; re-exports have their docstring at the declaration. */
function isDeclarationExport(node: Node): boolean {
  if (node.type !== 'ExportNamedDeclaration' && node.type !== 'ExportDefaultDeclaration') return false;
  return isNode(node.declaration) && declarationTypes.has(node.declaration.type);
}

/** The text of the docstring before a statement; '' when there is none. */
function docstringOf(node: Node): string {
  const comments = (node.leadingComments ?? []) as readonly { readonly type: string; readonly value: string }[];
  const last = comments.at(-1);
  return last?.type === 'CommentBlock' && last.value.startsWith('*') ? last.value : '';
}

/** Overloads share the docstring of the first one. */
function isUndocumentedExport(node: Node): boolean {
  return isDeclarationExport(node) && docstringOf(node) === '';
}

function exportName(node: Node): string {
  const declaration = node.declaration;
  if (!isNode(declaration)) return 'default';
  if (declaration.type === 'VariableDeclaration') {
    const [first] = declaration.declarations as readonly Node[];
    return first === undefined ? '?' : nameOf(first.id);
  }
  return nameOf(declaration.id);
}

const nameOf = (node: unknown): string => (isNode(node) && typeof node.name === 'string' ? node.name : '(anonymous)');

function isTypeStatement(node: Node): boolean {
  if (node.type === 'ImportDeclaration') return true;
  if (node.type === 'TSInterfaceDeclaration' || node.type === 'TSTypeAliasDeclaration') return true;
  if (node.type === 'ExportNamedDeclaration' || node.type === 'ExportAllDeclaration') {
    const declaration = node.declaration;
    if (node.exportKind === 'type') return true;
    return isNode(declaration) && (isTypeStatement(declaration) || declaration.declare === true);
  }
  return node.declare === true;
}

const functionTypes = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ObjectMethod',
  'ClassMethod',
  'ClassPrivateMethod',
]);

const bannedTypes = new Map([
  ['TSAnyKeyword', 'any'],
  ['TSEnumDeclaration', 'enum'],
  ['TSModuleDeclaration', 'namespace'],
  ['TSParameterProperty', 'parameter property'],
]);

interface Facts {
  readonly imports: Place[];
  readonly functions: FunctionSize[];
  readonly classes: FunctionSize[];
  readonly bannedConstructs: Place[];
  readonly declaredNames: Place[];
}

/** One pass over the whole tree with a stack of its own. */
function walk(program: Node): Facts {
  const facts: Facts = { imports: [], functions: [], classes: [], bannedConstructs: [], declaredNames: [] };
  const open: Node[] = [program];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    note(node, facts);
    for (const [key, value] of Object.entries(node)) {
      if (key.endsWith('Comments')) continue;
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) open.push(child);
    }
  }
  return facts;
}

function note(node: Node, facts: Facts): void {
  const { start, end } = node.loc;
  const banned = bannedTypes.get(node.type);
  if (banned !== undefined) facts.bannedConstructs.push({ name: banned, line: start.line });
  const source = node.source;
  if (isNode(source) && typeof source.value === 'string') facts.imports.push({ name: source.value, line: start.line });
  if (node.type === 'VariableDeclarator') facts.declaredNames.push({ name: nameOf(node.id), line: start.line });
  if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression') {
    facts.classes.push({ name: nameOf(node.id), line: start.line, lines: end.line - start.line + 1 });
  }
  if (!functionTypes.has(node.type)) return;
  const name = nameOf(node.id ?? node.key);
  facts.functions.push({ name, line: start.line, lines: end.line - start.line + 1 });
  facts.declaredNames.push({ name, line: start.line });
  for (const parameter of node.params as readonly Node[]) {
    facts.declaredNames.push({ name: nameOf(parameter), line: parameter.loc.start.line });
  }
}
