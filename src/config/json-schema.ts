// The JSON Schema of the configuration file, for editors and other programs. Generated from schema.ts, so the two cannot differ.

import * as z from 'zod';
import { configSchema } from './schema.ts';
import { settingNotes } from './schema-parts.ts';

/** A part of a JSON Schema (draft 2020-12). */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

const fromEnvironment: JsonSchema = {
  type: 'string',
  pattern: '\\$\\{[A-Za-z_][A-Za-z0-9_]*(?::-[^}]*)?\\}',
  description: '`${NAME}` or `${NAME:-default}`: the value of an environment variable',
};

/** The JSON Schema of a configuration file. Every number, flag and word can also be `${NAME}` from the environment. */
export function configJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(configSchema, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      const note = settingNotes.get(zodSchema as unknown as z.ZodType);
      if (note !== undefined) {
        const { description, defaultText } = note;
        jsonSchema.description = defaultText === undefined ? description : `${description} (default: ${defaultText})`;
      }
      if (isPlain(zodSchema)) standIn(jsonSchema);
    },
  });
  return {
    ...schema,
    title: 'Configuration of Weir',
    $defs: { ...schema.$defs, fromEnvironment },
  };
}

/** Whether the schema would reject `${NAME}`. */
const isPlain = (schema: z.core.$ZodType): boolean =>
  schema instanceof z.ZodNumber || schema instanceof z.ZodBoolean || schema instanceof z.ZodEnum;

function standIn(jsonSchema: JsonSchema): void {
  const { description, ...form } = jsonSchema;
  for (const key of Object.keys(form)) delete jsonSchema[key];
  jsonSchema.anyOf = [form, { $ref: '#/$defs/fromEnvironment' }];
}
