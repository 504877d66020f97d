// Building blocks for values of the configuration: texts, flags, numbers, lists, mappings, each with the words that error
// messages use. Knows no setting.

import * as z from 'zod';
import { WafError } from '../base/errors.ts';
import { parseListenAddress } from '../ext-proc/listen-address.ts';

/** What is known about a setting besides its type: its meaning, and its default as the page shows it. */
export interface SettingMeta {
  readonly description: string;
  /** JSON if it is a value, else words. */
  readonly defaultText?: string;
}

/** Notes on settings, for the JSON Schema and the page. */
export const settingNotes = z.registry<SettingMeta>();

/** The schema with a description. */
export function described<Schema extends z.ZodType>(schema: Schema, note: SettingMeta): Schema {
  settingNotes.add(schema, note);
  return schema;
}

/** The same for a key that can be left out. */
export const noted = <Schema extends z.ZodType>(schema: Schema, note: SettingMeta): z.ZodExactOptional<Schema> =>
  described(schema, note).exactOptional();

/** A text of at least one character. */
export const text = (kind = 'a text'): z.ZodString =>
  z
    .string({ error: kind })
    .min(1, { error: kind })
    .regex(/^[^\0]*$/, { error: kind });

/** `true` or `false`. */
export const flag = (): z.ZodBoolean => z.boolean({ error: 'true or false' });

/** How values are logged. */
export const loggedValues = (): z.ZodType<boolean | 'without-email'> =>
  z.union([z.boolean(), z.literal('without-email')], { error: 'true, false or without-email' });

/** A whole number from `least` to `most`. @param error the words for it in messages. */
export function numberFrom(
  least: number,
  most: number,
  error: string = `a whole number from ${least} to ${most}`,
): z.ZodInt {
  return z.int({ error }).min(least, { error }).max(most, { error });
}

/** A whole number from 1 up. */
export const positiveNumber = (): z.ZodInt => {
  const error = 'a positive whole number';
  return z.int({ error }).positive({ error });
};

/** A whole number from 0 up. */
export const wholeNumber = (): z.ZodInt => {
  const error = 'a whole number from 0 up';
  return z.int({ error }).nonnegative({ error });
};

/** One of some words. */
export const choice = <const Word extends string>(words: readonly Word[]): z.ZodEnum<{ [K in Word]: K }> =>
  z.enum(words as readonly [Word, ...Word[]], { error: `one of ${words.join(', ')}` }) as z.ZodEnum<{
    [K in Word]: K;
  }>;

/** A list with at least one entry. */
export const list = <Entry extends z.ZodType>(entry: Entry): z.ZodArray<Entry> => {
  const error = 'a list with at least one entry';
  return z.array(entry, { error }).min(1, { error });
};

/** A mapping with these keys and no others; each can be left out. */
export const mapping = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, { error: 'a mapping, NAME: VALUE' });

/** A mapping with any keys. */
export const anyMapping = <Value extends z.ZodType>(value: Value): z.ZodRecord<z.ZodString, Value> =>
  z.record(z.string(), value, { error: 'a mapping, NAME: VALUE' });

/** A mapping with some of the given keys. */
export const namedMapping = <Name extends string, Value extends z.ZodType>(
  names: readonly Name[],
  schemaFor: (name: Name) => Value,
) =>
  mapping(
    Object.fromEntries(names.map((name) => [name, schemaFor(name).exactOptional()])) as Record<
      Name,
      z.ZodExactOptional<Value>
    >,
  );

/** A text accepted by `parse`; if that throws `config.invalid`, its message is the problem. */
export const parsedText = (parse: (value: string) => unknown): z.ZodString =>
  text().check((context) => {
    try {
      parse(context.value);
    } catch (thrown) {
      if (!(thrown instanceof WafError)) throw thrown;
      context.issues.push({ code: 'custom', message: thrown.message, input: context.value });
    }
  });

/** `HOST:PORT` or `unix:PATH`. */
export const address = (): z.ZodString => parsedText(parseListenAddress);

/** A percentage. */
export const percent = (): z.ZodNumber => {
  const error = 'a number above 0 and up to 100';
  return z.number({ error }).positive({ error }).max(100, { error });
};
