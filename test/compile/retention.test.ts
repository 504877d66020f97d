import { describe, expect, it } from 'vitest';
import { RetentionList } from '../../src/compile/retention.ts';
import { fieldKind } from '../../src/plan/field-kind.ts';
import { parseMacro } from '../../src/plan/macro.ts';
import { nameSelector } from '../../src/plan/selector.ts';

describe('RetentionList', () => {
  it('keeps the fields that a macro names, once, of a head as of a body', () => {
    const list = new RetentionList();
    list.keepMacro(parseMacro('%{ARGS._charset_} and %{args._CHARSET_}'));
    const kept = list.finish();
    for (const kind of ['ARGS_GET', 'ARGS_POST'] as const) {
      expect(kept[fieldKind(kind)]?.length, kind).toBe(1);
      expect(kept[fieldKind(kind)]?.[0]?.selector?.accepts('_charset_'), kind).toBe(true);
    }
    expect(kept[fieldKind('REQUEST_HEADERS')]).toBe(undefined);
  });

  it('ignores references to other things than fields', () => {
    const list = new RetentionList();
    list.keepMacro(parseMacro('%{TX.a} %{MATCHED_VAR}'));
    expect(list.finish().every((one) => one === undefined)).toBe(true);
  });

  it('keeps counted fields only if some of them are counted', () => {
    const list = new RetentionList();
    const target = { variable: 'ARGS', mode: 'count', kinds: [fieldKind('ARGS_POST')], exclusions: [] } as const;
    list.keepCounted({ ...target, selector: undefined });
    expect(list.finish()[fieldKind('ARGS_POST')]).toBe(undefined);
    list.keepCounted({ ...target, selector: nameSelector('a') });
    expect(list.finish()[fieldKind('ARGS_POST')]?.map((one) => one.keepsValue)).toStrictEqual([false]);
  });

  it('if all fields are counted, keeps those that are excluded, by the rule or by another at run time', () => {
    const [kind, other] = [fieldKind('ARGS_GET'), fieldKind('REQUEST_COOKIES')];
    const list = new RetentionList();
    const exclusions = [nameSelector('b')];
    list.keepCounted({ variable: 'ARGS', mode: 'count', kinds: [kind], selector: undefined, exclusions });
    for (const variable of ['ARGS', 'REQUEST_COOKIES']) list.keepRemoved({ variable, selector: nameSelector('c') });
    list.keepRemoved({ variable: 'ARGS', selector: undefined });
    const kept = list.finish();
    expect(kept[kind]?.map(({ selector, keepsValue }) => [selector?.label, keepsValue])).toStrictEqual([
      ['b', false],
      ['c', false],
    ]);
    expect(kept[other], 'nobody counts them').toBe(undefined);
  });
});
