// Turns the errors of a schema into sentences at the places of the values. Knows no setting.

import * as z from 'zod';
import { unknownName } from '../base/unknown-name.ts';
import { shownValue } from './problems.ts';
import type { ValuePath, YamlSource } from './yaml-source.ts';

/**
 * Checks the tree of a file.
 * @returns the checked value, or undefined if the file has problems.
 */
export function checkTree<Schema extends z.ZodType>(source: YamlSource, schema: Schema): z.infer<Schema> | undefined {
  const tree = source.tree ?? {};
  const first = schema.safeParse(tree);
  if (first.success) return first.data;
  // A value from the environment may look like a number where a text is expected; it is then read again as text.
  const isRetold = retellAsText(source, tree, first.error.issues);
  const result = isRetold ? schema.safeParse(tree) : first;
  if (result.success) return result.data;
  for (const issue of result.error.issues) tell(source, tree, { issue, schema });
  return undefined;
}

/** The value at a path; undefined if there is none. */
export function valueAt(tree: unknown, path: ValuePath): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string | number, unknown>)[key]
        : undefined,
    tree,
  );
}

function retellAsText(source: YamlSource, tree: unknown, issues: readonly z.core.$ZodIssue[]): boolean {
  let isRetold = false;
  for (const { code, path } of issues) {
    const written = source.textOf(path as ValuePath);
    const key = path.at(-1);
    if (code === 'unrecognized_keys' || written === undefined || key === undefined) continue;
    const holder = valueAt(tree, path.slice(0, -1) as ValuePath) as Record<string | number, unknown>;
    holder[key as string | number] = written;
    isRetold = true;
  }
  return isRetold;
}

interface Found {
  readonly issue: z.core.$ZodIssue;
  readonly schema: z.ZodType;
}

function tell(source: YamlSource, tree: unknown, { issue, schema }: Found): void {
  const path = issue.path as ValuePath;
  if (issue.code === 'unrecognized_keys') {
    const names = keysOf(schemaAt(schema, path));
    for (const key of issue.keys) source.refuseKey([...path, key], unknownName(key, names));
    return;
  }
  if (issue.code === 'custom') {
    source.refuse(path, issue.message);
    return;
  }
  const inner = issue.code === 'invalid_union' ? issue.errors.find(isTelling) : undefined;
  if (inner !== undefined) {
    for (const one of inner) tell(source, tree, { issue: { ...one, path: [...issue.path, ...one.path] }, schema });
    return;
  }
  const value = valueAt(tree, path);
  const isMissing = value === undefined && source.placeOf(path) === undefined && path.length > 0;
  const name = nameOf(path);
  // A value that the environment could not provide has already been reported.
  if (value === undefined && !isMissing && source.problems.areThere) return;
  source.refuse(
    path,
    isMissing
      ? `${name} is missing: it must be ${issue.message}`
      : `${name} must be ${issue.message}, got ${shownValue(value)}`,
  );
}

/** Whether this alternative was the intended one, so that the error lies inside the value. */
const isTelling = (issues: readonly z.core.$ZodIssue[]): boolean =>
  issues.every(({ code, path }) => code === 'custom' || path.length > 0);

/** The name of a value in messages: its key, or the list it is an entry of. */
function nameOf(path: ValuePath): string {
  const last = path.at(-1);
  if (last === undefined) return 'the file';
  return typeof last === 'number'
    ? `an entry of ${path.findLast((key) => typeof key === 'string') ?? 'the list'}`
    : last;
}

/** The schema of the value at a path; undefined for a path that `schema` does not describe. */
export function schemaAt(schema: z.core.$ZodType, path: ValuePath): z.core.$ZodType | undefined {
  const inner = unwrapped(schema);
  const [key, ...rest] = path;
  if (key === undefined) return inner;
  for (const one of inner instanceof z.ZodUnion ? inner.options : [inner]) {
    const next = stepInto(unwrapped(one as z.core.$ZodType), key);
    const found = next === undefined ? undefined : schemaAt(next, rest);
    if (found !== undefined) return found;
  }
  return undefined;
}

function stepInto(schema: z.core.$ZodType, key: string | number): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) {
    return Object.hasOwn(schema.shape, key) ? (schema.shape[key] as z.core.$ZodType) : undefined;
  }
  if (schema instanceof z.ZodArray) return schema.element as z.core.$ZodType;
  return schema instanceof z.ZodRecord ? (schema.valueType as z.core.$ZodType) : undefined;
}

/** The schema without its wrappers for optional values. */
export function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodExactOptional || schema instanceof z.ZodOptional
    ? unwrapped(schema.unwrap() as z.core.$ZodType)
    : schema;
}

const keysOf = (schema: z.core.$ZodType | undefined): readonly string[] =>
  schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
