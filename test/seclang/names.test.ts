import { describe, expect, it } from 'vitest';
import type { NameSet } from '../../src/base/name-set.ts';
import {
  actionNames,
  ctlNames,
  directiveNames,
  operatorNames,
  transformationNames,
  variableNames,
} from '../../src/seclang/names.ts';

const sets: readonly NameSet[] = [
  variableNames,
  operatorNames,
  actionNames,
  transformationNames,
  ctlNames,
  directiveNames,
];

describe('NameSet', () => {
  it('finds every name and alias in any case', () => {
    for (const set of sets) {
      for (const entry of set.all) {
        for (const spelling of [entry.name, ...entry.aliases]) {
          expect(set.find(spelling)?.name, `${set.kind} ${spelling}`).toBe(entry.name);
          expect(set.find(spelling.toUpperCase())?.name, `${set.kind} ${spelling} in upper case`).toBe(entry.name);
          expect(set.find(spelling.toLowerCase())?.name, `${set.kind} ${spelling} in lower case`).toBe(entry.name);
        }
      }
    }
  });

  it('has each spelling once', () => {
    for (const set of sets) {
      // An alias that differs only in case (gsblookup) is the same spelling.
      const names = set.all.map((entry) => entry.name.toLowerCase());
      expect(new Set(names).size, `${set.kind} has a name twice`).toBe(names.length);
    }
  });

  it('knows no word outside the language', () => {
    for (const set of sets) {
      for (const word of ['', 'foo', '__proto__', 'constructor', 'toString']) {
        expect(set.find(word), `${set.kind} ${word}`).toBe(undefined);
      }
    }
  });

  it('resolves aliases', () => {
    expect(operatorNames.find('pmf')?.name).toBe('pmFromFile');
    expect(operatorNames.find('ipmatchf')?.name).toBe('ipMatchFromFile');
    expect(transformationNames.find('normalisePath')?.name).toBe('normalizePath');
    expect(actionNames.find('sanitizearg')?.name).toBe('sanitiseArg');
  });

  it('suggests the closest name for a misspelling, none for an unrelated word', () => {
    expect(operatorNames.nearest('pmFromFiel')).toBe('pmFromFile');
    expect(variableNames.nearest('REQUEST_HEADER')).toBe('REQUEST_HEADERS');
    expect(directiveNames.nearest('SecRuel')).toBe('SecRule');
    expect(directiveNames.nearest('LoadModule')).toBe(undefined);
    expect(actionNames.nearest('x'.repeat(10_000))).toBe(undefined);
  });

  it('knows which variables accept a selector', () => {
    for (const name of ['ARGS', 'TX', 'XML', 'REQUEST_HEADERS', 'REQUEST_COOKIES_NAMES', 'MULTIPART_PART_HEADERS']) {
      expect(variableNames.find(name)?.takes, name).toBe('optional');
    }
    for (const name of ['REQUEST_URI', 'REQUEST_BODY', 'MATCHED_VAR', 'REMOTE_ADDR']) {
      expect(variableNames.find(name)?.takes, name).toBe('nothing');
    }
  });
});
