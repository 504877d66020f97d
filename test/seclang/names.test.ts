import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  actionNames,
  ctlNames,
  directiveNames,
  type NameSet,
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
          assert.equal(set.find(spelling)?.name, entry.name, `${set.kind} ${spelling}`);
          assert.equal(set.find(spelling.toUpperCase())?.name, entry.name, `${set.kind} ${spelling} in upper case`);
          assert.equal(set.find(spelling.toLowerCase())?.name, entry.name, `${set.kind} ${spelling} in lower case`);
        }
      }
    }
  });

  it('holds each spelling once', () => {
    for (const set of sets) {
      // An alias that differs in case only (gsblookup) is the same spelling.
      const names = set.all.map((entry) => entry.name.toLowerCase());
      assert.equal(new Set(names).size, names.length, `${set.kind} has a name twice`);
    }
  });

  it('knows no word outside the language', () => {
    for (const set of sets) {
      for (const word of ['', 'foo', '__proto__', 'constructor', 'toString']) {
        assert.equal(set.find(word), undefined, `${set.kind} ${word}`);
      }
    }
  });

  it('resolves aliases', () => {
    assert.equal(operatorNames.find('pmf')?.name, 'pmFromFile');
    assert.equal(operatorNames.find('ipmatchf')?.name, 'ipMatchFromFile');
    assert.equal(transformationNames.find('normalisePath')?.name, 'normalizePath');
    assert.equal(actionNames.find('sanitizearg')?.name, 'sanitiseArg');
  });

  it('proposes the nearest name for a misspelling, none for a foreign word', () => {
    assert.equal(operatorNames.nearest('pmFromFiel'), 'pmFromFile');
    assert.equal(variableNames.nearest('REQUEST_HEADER'), 'REQUEST_HEADERS');
    assert.equal(directiveNames.nearest('SecRuel'), 'SecRule');
    assert.equal(directiveNames.nearest('LoadModule'), undefined);
    assert.equal(actionNames.nearest('x'.repeat(10_000)), undefined);
  });

  it('says which variables take a selector', () => {
    for (const name of ['ARGS', 'TX', 'XML', 'REQUEST_HEADERS', 'REQUEST_COOKIES_NAMES', 'MULTIPART_PART_HEADERS']) {
      assert.equal(variableNames.find(name)?.takes, 'optional', name);
    }
    for (const name of ['REQUEST_URI', 'REQUEST_BODY', 'MATCHED_VAR', 'REMOTE_ADDR']) {
      assert.equal(variableNames.find(name)?.takes, 'nothing', name);
    }
  });
});
