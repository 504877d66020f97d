import { describe, expect, it } from 'vitest';
import { areGroupsInKey, isTextInKey, isTextOf, KeyDraft } from '../../../src/evaluate/repeat/phase-key.ts';
import { closePlan } from '../../../src/plan/close-plan.ts';
import { fieldKind } from '../../../src/plan/field-kind.ts';
import { planOf, rulesIn } from '../../support/exchange.ts';

describe('KeyDraft', () => {
  const draftOf = (...parts: readonly (string | number | undefined)[]): KeyDraft => {
    const draft = new KeyDraft();
    for (const part of ['of', 'one', 'before', 'that', 'was', 'longer']) draft.push(part);
    draft.begin();
    for (const part of parts) draft.push(part);
    return draft;
  };

  it('distinguishes keys by length, value and type', () => {
    const draft = draftOf(1, 'a', undefined);
    expect(draft.is([1, 'a', undefined])).toBe(true);
    for (const other of [[1, 'a'], [1, 'b', undefined], ['1', 'a', undefined], [], [1, 'a', undefined, undefined]]) {
      expect(draft.is(other)).toBe(false);
    }
  });

  it('returns copies that stay valid when it is built again', () => {
    const draft = draftOf(1, 'a');
    const key = draft.copy();
    draft.begin();
    draft.push(2);
    expect(key).toStrictEqual([1, 'a']);
    expect(draft.copy()).toStrictEqual([2]);
  });
});

describe('isTextInKey', () => {
  it('accepts names and constant headers, but no lengths, cookies or arguments', () => {
    const header = (key: string) => isTextInKey({ kind: fieldKind('REQUEST_HEADERS'), key });
    expect(['user-agent', 'content-type'].map(header)).toStrictEqual([true, true]);
    expect(['content-length', 'cookie', 'authorization', 'x-own'].map(header)).toStrictEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(isTextInKey({ kind: fieldKind('REQUEST_METHOD'), key: '' })).toBe(true);
    expect(isTextInKey({ kind: fieldKind('ARGS_GET'), key: 'user-agent' })).toBe(false);
  });
});

describe('areGroupsInKey', () => {
  it.each([
    [true, 128, true],
    [true, 129, false],
    [false, 5, false],
  ])('of a value that is whole, %s, and has %i bytes: %s', (isWhole, length, expected) => {
    expect(areGroupsInKey({ isWhole, length })).toBe(expected);
  });
});

describe('isTextOf', () => {
  const cases = [
    ['@eq 1', '', false],
    ['@eq %{tx.a}', '', false],
    ['@streq a%{tx.a}', '', true],
    ['@eq 1', ',t:length', true],
    ['@rx ^1', '', true],
  ] as const;
  for (const [operator, more, isText] of cases) {
    it(`${isText ? 'is so' : 'is not so'} of ${operator}${more}: a test answers for the value`, async () => {
      const plan = await planOf(`SecRule REMOTE_PORT "${operator}" "id:1,phase:1,pass${more}"`);
      const [rule] = rulesIn(plan, 1);
      expect(rule && isTextOf(rule.links[0])).toBe(isText);
      closePlan(plan);
    });
  }
});
