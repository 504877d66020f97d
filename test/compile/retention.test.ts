import { describe, expect, it } from 'vitest';
import { RetentionList } from '../../src/compile/retention.ts';
import { fieldKind } from '../../src/plan/field-kind.ts';
import { parseMacro } from '../../src/plan/macro.ts';
import { nameSelector } from '../../src/plan/selector.ts';

describe('RetentionList', () => {
  it('keeps the body fields that a macro names, once', () => {
    const list = new RetentionList();
    list.keepMacro(parseMacro('%{ARGS._charset_} and %{args._CHARSET_}'));
    const kept = list.finish();
    expect(kept[fieldKind('ARGS_POST')]?.length).toBe(1);
    expect(kept[fieldKind('ARGS_POST')]?.[0]?.selector?.accepts('_charset_')).toBeTruthy();
    expect(kept[fieldKind('ARGS_GET')], 'head fields are always kept').toBe(undefined);
  });

  it('ignores references to what is no field', () => {
    const list = new RetentionList();
    list.keepMacro(parseMacro('%{TX.a} %{MATCHED_VAR}'));
    expect(list.finish().every((one) => one === undefined)).toBe(true);
  });

  it('keeps counted fields only where the count is of some of them', () => {
    const list = new RetentionList();
    const target = { variable: 'ARGS', mode: 'count', kinds: [fieldKind('ARGS_POST')], exclusions: [] } as const;
    list.keepCounted({ ...target, selector: undefined });
    expect(list.finish()[fieldKind('ARGS_POST')]).toBe(undefined);
    list.keepCounted({ ...target, selector: nameSelector('a') });
    expect(list.finish()[fieldKind('ARGS_POST')]?.map((one) => one.keepsValue)).toStrictEqual([false]);
  });
});
