import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fieldKind } from '../../src/plan/field-kind.ts';
import { parseMacro } from '../../src/plan/macro.ts';
import { RetentionList } from '../../src/plan/retention.ts';
import { nameSelector } from '../../src/plan/selector.ts';

describe('RetentionList', () => {
  it('keeps the body fields that a macro names, once', () => {
    const list = new RetentionList();
    list.keepMacro(parseMacro('%{ARGS._charset_} and %{args._CHARSET_}'));
    const kept = list.finish();
    assert.equal(kept[fieldKind('ARGS_POST')]?.length, 1);
    assert.ok(kept[fieldKind('ARGS_POST')]?.[0]?.selector?.accepts('_charset_'));
    assert.equal(kept[fieldKind('ARGS_GET')], undefined, 'head fields are always kept');
  });

  it('ignores references to what is no field', () => {
    const list = new RetentionList();
    list.keepMacro(parseMacro('%{TX.a} %{MATCHED_VAR}'));
    assert.ok(list.finish().every((one) => one === undefined));
  });

  it('keeps counted fields only where the count is of some of them', () => {
    const list = new RetentionList();
    const target = { variable: 'ARGS', mode: 'count', kinds: [fieldKind('ARGS_POST')], exclusions: [] } as const;
    list.keepCounted({ ...target, selector: undefined });
    assert.equal(list.finish()[fieldKind('ARGS_POST')], undefined);
    list.keepCounted({ ...target, selector: nameSelector('a') });
    assert.deepEqual(
      list.finish()[fieldKind('ARGS_POST')]?.map((one) => one.keepsValue),
      [false],
    );
  });
});
