// All intended differences between Weir and the parsers of Node applications, by format.

import { codingExceptions } from './coding-exceptions.ts';
import { formExceptions } from './form-exceptions.ts';
import { jsonExceptions } from './json-exceptions.ts';
import { multipartExceptions } from './multipart-exceptions.ts';
import type { Exception } from './trial.ts';
import { xmlExceptions } from './xml-exceptions.ts';

/** The lists of the trials. */
export const exceptionsByFormat: ReadonlyMap<string, readonly Exception[]> = new Map([
  ['Forms', formExceptions],
  ['JSON', jsonExceptions],
  ['Multipart', multipartExceptions],
  ['XML', xmlExceptions],
  ['Content codings', codingExceptions],
]);

/** The table of them in docs/bodies.md. */
export function exceptionsTable(): string {
  const rows = [...exceptionsByFormat].flatMap(([format, exceptions]) =>
    exceptions.map(
      ({ name, oracles, why, policy }) => `| ${format} | ${name} | ${oracles.join('; ')} | ${why} | ${policy} |`,
    ),
  );
  return ['| Format | Difference | Parsers | Why | What Weir does |', '|---|---|---|---|---|', ...rows].join('\n');
}
