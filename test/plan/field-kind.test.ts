import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bodyKinds, fieldKind, fieldKinds, kindsOfSource, kindsOfVariable } from '../../src/plan/field-kind.ts';

const names = (kinds: readonly number[] | undefined) => kinds?.map((kind) => fieldKinds[kind]);

describe('kindsOfVariable', () => {
  it('joins the arguments of query and body', () => {
    assert.deepEqual(names(kindsOfVariable('ARGS')), ['ARGS_GET', 'ARGS_POST']);
    assert.deepEqual(names(kindsOfVariable('ARGS_NAMES')), ['ARGS_GET_NAMES', 'ARGS_POST_NAMES']);
  });

  it('tells text and attributes of XML apart by path', () => {
    assert.deepEqual(names(kindsOfVariable('XML', '/*')), ['XML_TEXT']);
    assert.deepEqual(names(kindsOfVariable('XML', '//@*')), ['XML_ATTRIBUTE']);
  });

  it('knows that computed variables are no fields', () => {
    for (const name of ['TX', 'REMOTE_ADDR', 'MATCHED_VARS', 'XML_TEXT'])
      assert.equal(kindsOfVariable(name), undefined);
  });
});

describe('kindsOfSource', () => {
  it('gives names a kind of their own where SecLang has a variable for them', () => {
    assert.deepEqual(kindsOfSource('ARGS_POST'), {
      value: fieldKind('ARGS_POST'),
      name: fieldKind('ARGS_POST_NAMES'),
      isReading: false,
    });
    assert.equal(kindsOfSource('XML_TEXT').name, undefined);
    assert.deepEqual(kindsOfSource('ARGS_POST_READING'), {
      value: fieldKind('ARGS_POST'),
      name: undefined,
      isReading: true,
    });
  });
});

describe('bodyKinds', () => {
  it('holds what comes in unbounded number', () => {
    assert.ok(bodyKinds.has(fieldKind('ARGS_POST')));
    assert.ok(!bodyKinds.has(fieldKind('ARGS_GET')));
  });
});
