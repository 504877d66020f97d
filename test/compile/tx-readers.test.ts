import { describe, expect, it } from 'vitest';
import { TxReaders } from '../../src/compile/tx-readers.ts';
import { draftOf, linkContext } from '../support/registry.ts';

describe('TxReaders', () => {
  const readers: readonly (readonly [string, boolean])[] = [
    ['SecRule TX:score "@ge 5" "id:1"', true],
    ['SecRule TX:/^SC/ "@ge 5" "id:1"', true],
    ['SecRule &TX:Score "@ge 5" "id:1"', true],
    ['SecRule TX:other "@ge %{tx.score}" "id:1"', true],
    ['SecAction "id:1,msg:\'%{TX.score}\'"', true],
    ['SecAction "id:1,setvar:tx.x=%{tx.score}"', true],
    ['SecAction "id:1,setvar:tx.score=+5"', false],
    ['SecRule TX:other "@ge 5" "id:1"', false],
    ['SecRule ARGS:score "@ge 5" "id:1"', false],
  ];
  for (const [text, isReader] of readers) {
    it(`${isReader ? 'finds' : 'passes over'} ${text}`, () => {
      const rule = { links: [draftOf(text, linkContext())] };
      expect(new TxReaders([rule]).of('score').size).toBe(isReader ? 1 : 0);
    });
  }
});
