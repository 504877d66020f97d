// All keys of the configuration file as a list for people; docs/configuration.md is made from it.

import * as z from 'zod';
import { configSchema } from './schema.ts';
import { settingNotes } from './schema-parts.ts';
import { unwrapped } from './schema-problems.ts';

/** One key. */
export interface SettingRow {
  /** From the top of the file, `profiles.NAME.rules`. */
  readonly name: string;
  /** The type of the value, in words. */
  readonly form: string;
  readonly defaultText: string;
  readonly description: string;
}

/** Mappings whose keys are listed on another page. */
const toldElsewhere: ReadonlySet<string> = new Set(['limits', 'onFailure']);

/** All keys, in the order of the schema, each before those inside it. */
export function settingRows(): readonly SettingRow[] {
  return rowsOf(configSchema, '');
}

function rowsOf(schema: z.core.$ZodType, prefix: string): readonly SettingRow[] {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodArray) return rowsOf(inner.element as z.core.$ZodType, prefix.replace(/\.$/, '[].'));
  if (inner instanceof z.ZodRecord) return rowsOf(inner.valueType as z.core.$ZodType, `${prefix}NAME.`);
  if (!(inner instanceof z.ZodObject)) return [];
  return Object.entries(inner.shape as Readonly<Record<string, z.core.$ZodType>>).flatMap(([key, value]) => {
    const note = settingNotes.get(value as unknown as z.ZodType) ?? settingNotes.get(unwrapped(value) as z.ZodType);
    const { description = '', defaultText = '' } = note ?? {};
    const row: SettingRow = { name: `${prefix}${key}`, form: formOf(value), defaultText, description };
    return toldElsewhere.has(key) ? [row] : [row, ...rowsOf(value, `${prefix}${key}.`)];
  });
}

/** The type of a value, in words. */
function formOf(schema: z.core.$ZodType): string {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodArray) return `list of ${formOf(inner.element as z.core.$ZodType)}`;
  if (inner instanceof z.ZodUnion)
    return [...new Set(inner.options.map((one) => formOf(one as z.core.$ZodType)))].join(' or ');
  if (inner instanceof z.ZodEnum) return inner.options.map((word) => `\`${word}\``).join(', ');
  if (inner instanceof z.ZodLiteral) return [...inner.values].map((value) => `\`${String(value)}\``).join(', ');
  if (inner instanceof z.ZodBoolean) return '`true`, `false`';
  if (inner instanceof z.ZodNumber) return 'number';
  return inner instanceof z.ZodString ? 'text' : 'mapping';
}
