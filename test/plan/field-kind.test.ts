import { describe, expect, it } from 'vitest';
import { bodyKinds, fieldKind, fieldKinds, kindsOfSource, kindsOfVariable } from '../../src/plan/field-kind.ts';

const names = (kinds: readonly number[] | undefined) => kinds?.map((kind) => fieldKinds[kind]);

describe('kindsOfVariable', () => {
  it('joins the arguments of query and body', () => {
    expect(names(kindsOfVariable('ARGS'))).toStrictEqual(['ARGS_GET', 'ARGS_POST']);
    expect(names(kindsOfVariable('ARGS_NAMES'))).toStrictEqual(['ARGS_GET_NAMES', 'ARGS_POST_NAMES']);
  });

  it('distinguishes text and attributes of XML by path', () => {
    expect(names(kindsOfVariable('XML', '/*'))).toStrictEqual(['XML_TEXT']);
    expect(names(kindsOfVariable('XML', '//@*'))).toStrictEqual(['XML_ATTRIBUTE']);
  });

  it('knows that computed variables are not fields', () => {
    for (const name of ['TX', 'REMOTE_ADDR', 'MATCHED_VARS', 'XML_TEXT']) expect(kindsOfVariable(name)).toBe(undefined);
  });
});

describe('kindsOfSource', () => {
  it('has a separate kind for names if SecLang has a variable for them', () => {
    expect(kindsOfSource('ARGS_POST')).toStrictEqual({
      value: fieldKind('ARGS_POST'),
      name: fieldKind('ARGS_POST_NAMES'),
      isReading: false,
    });
    expect(kindsOfSource('XML_TEXT').name).toBe(undefined);
    expect(kindsOfSource('ARGS_POST_READING')).toStrictEqual({
      value: fieldKind('ARGS_POST'),
      name: undefined,
      isReading: true,
    });
  });
});

describe('bodyKinds', () => {
  it('contains what occurs in unlimited numbers', () => {
    expect(bodyKinds.has(fieldKind('ARGS_POST'))).toBe(true);
    expect(bodyKinds.has(fieldKind('ARGS_GET'))).toBe(false);
  });
});
