// The schema for editors agrees with what Weir accepts.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configJsonSchema } from '../../src/config/json-schema.ts';

const isValid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(configJsonSchema());

describe('configJsonSchema', () => {
  it('accepts docs/weir.yaml, commented out or not', () => {
    const example = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'weir.yaml'), 'utf8');
    for (const text of [example, example.replaceAll(/^#(?=\w| {2})/gm, '')]) {
      expect(isValid(parse(text)), JSON.stringify(isValid.errors)).toBe(true);
    }
  });

  const cases: readonly (readonly [unknown, boolean])[] = [
    [{}, true],
    [{ listn: ['a:1'] }, false],
    [{ listen: [] }, false],
    [{ limits: { holdMsMax: 5 } }, true],
    [{ limits: { holdMsMax: '${HOLD:-5}' } }, true],
    [{ limits: { holdMsMax: '5' } }, false],
    [{ logLevel: '${LEVEL}' }, true],
    [{ logLevel: 'loud' }, false],
    [{ detectionOnly: '${DETECT}' }, true],
    [{ cache: true }, false],
  ];
  for (const [value, expected] of cases) {
    it(`${expected ? 'takes' : 'refuses'} ${JSON.stringify(value)}`, () => expect(isValid(value)).toBe(expected));
  }
});
