import { describe, expect, it } from 'vitest';
import { compileActions } from '../../src/compile/rule-actions.ts';
import { parseActions } from '../../src/seclang/actions.ts';
import { PlacedText } from '../../src/seclang/lexer.ts';
import { expectToBe } from '../support/narrow.ts';

const compile = (text: string) =>
  compileActions(parseActions(new PlacedText(text, { file: 'a.conf', line: 1, column: 1 })));

describe('compileActions', () => {
  it('reads metadata', () => {
    const actions = compile("id:7,phase:request,msg:'Hello %{TX.0}',severity:2,tag:'a',tag:'b',status:418,ver:'1'");
    expect(actions.id).toBe(7);
    expect(actions.phase).toBe(2);
    expect(actions.severity).toBe('CRITICAL');
    expect(actions.tags).toStrictEqual(['a', 'b']);
    expect(actions.status).toBe(418);
    expect(actions.messageText).toBe('Hello %{TX.0}');
    expect(actions.message.constant).toBe(undefined);
  });

  it('drops transformations before none', () => {
    const { transformations, hasNone } = compile('t:lowercase,t:none,t:urlDecodeUni,t:length');
    expect(transformations).toStrictEqual(['urlDecodeUni', 'length']);
    expect(hasNone).toBeTruthy();
  });

  const assignments: readonly (readonly [string, string, string, string])[] = [
    ['tx.a=5', 'a', 'set', '5'],
    ['TX.a=+5', 'a', 'add', '5'],
    ['tx.a=-5', 'a', 'subtract', '5'],
    ['tx.a', 'a', 'set', '1'],
    ['!tx.a', 'a', 'unset', '1'],
    ['tx.a_b-c=x=y', 'a_b-c', 'set', 'x=y'],
  ];
  for (const [text, name, change, value] of assignments) {
    it(`reads setvar:${text}`, () => {
      const [effect] = compile(`setvar:'${text}'`).effects;
      expectToBe(effect?.kind, 'setvar');
      expect([effect.collection, effect.name.constant, effect.change, effect.value.constant]).toStrictEqual([
        'TX',
        name,
        change,
        value,
      ]);
    });
  }

  it('lets nolog turn the audit log off, and auditlog on again', () => {
    expect([compile('nolog').isLogged, compile('nolog').isAudited]).toStrictEqual([false, false]);
    expect([compile('nolog,auditlog').isLogged, compile('nolog,auditlog').isAudited]).toStrictEqual([false, true]);
    expect(compile('pass').isLogged).toBe(undefined);
  });

  it('reads the kinds of allow', () => {
    expect(compile('allow').disruption).toBe('allow');
    expect(compile('allow:phase').disruption).toBe('allow:phase');
    expect(() => compile('allow:everything')).toThrow(expect.objectContaining({ code: 'seclang.syntax' }));
  });

  it('reports actions without effect', () => {
    expect(compile('pause:100').ignored.map((one) => one.reason)).toStrictEqual([
      'pause: responses are never delayed on purpose',
    ]);
  });

  const refused =
    `phase:9 phase:0 phase:0x2 phase:2.0 phase:1e0 severity:LOUD severity:8 severity:-1 severity:0x2 severity:2.0
    status:abc status:999 status:600 status:199 status:100 status:0 status:-403 status:4030000000000000000 status:0x193 status:403.0
    id:0 id:00 id:x id:-1 id:1.5 id:1234567890123456 skip:x skip:0 skip:-1 maturity:old maturity:-1 accuracy:9.5 accuracy:high
    setvar:nonsense setvar:tx.=1 setvar:tx. setvar:ip.=+1 ctl:requestBodyProcessor=YAML ctl:auditLogParts=+Q`.split(
      /\s+/,
    );
  for (const wrong of refused) {
    it(`refuses ${wrong}`, () =>
      expect(() => compile(wrong)).toThrow(expect.objectContaining({ code: 'seclang.syntax' })));
  }

  for (const [wrong, message] of [
    ['expirevar:ip.a', 'expirevar:ip.a: expected name=value'],
    ['expirevar:a=5', 'expirevar:a=5: expected collection.name'],
    ['expirevar:ip.=5', 'expirevar:ip.=5: expected collection.name'],
    ['deprecatevar:ip.a', 'deprecatevar:ip.a: expected name=value'],
    ['deprecatevar:=60/300', 'deprecatevar:=60/300: expected collection.name'],
    ['deprecatevar:ip.a=60', 'deprecatevar:ip.a=60: expected amount/seconds'],
    ['deprecatevar:ip.a=60/0', 'deprecatevar:ip.a=60/0: expected amount/seconds'],
    ['deprecatevar:ip.a=-1/300', 'deprecatevar:ip.a=-1/300: expected amount/seconds'],
    ['deprecatevar:ip.a=60/300/2', 'deprecatevar:ip.a=60/300/2: expected amount/seconds'],
    ['deprecatevar:ip.a=1.5/300', 'deprecatevar:ip.a=1.5/300: expected amount/seconds'],
    ['deprecatevar:ip.a=1234567890123456/1', 'deprecatevar:ip.a=1234567890123456/1: expected amount/seconds'],
    ['initcol:ip', 'initcol:ip: expected name=value'],
    ['allow:all', 'no allow:all'],
  ] as const) {
    it(`says of ${wrong} what it should be`, () =>
      expect(() => compile(wrong)).toThrow(expect.objectContaining({ code: 'seclang.syntax', message })));
  }

  const taken: readonly (readonly [string, object])[] = [
    ['status:200', { status: 200 }],
    ['status:599', { status: 599 }],
    ["status:'418'", { status: 418 }],
    ['phase:5', { phase: 5 }],
    ['phase:Logging', { phase: 5 }],
    ['severity:0', { severity: 'EMERGENCY' }],
    ["severity:'debug'", { severity: 'DEBUG' }],
    ['id:1', { id: 1 }],
    ['id:007', { id: 7 }],
    ['skip:1', { skip: 1 }],
    ['maturity:9', {}],
    ["accuracy:'8'", {}],
  ];
  for (const [text, expected] of taken) {
    it(`takes ${text}`, () => expect(compile(text)).toMatchObject(expected));
  }

  it('refuses actions that it cannot carry out', () => {
    expect(() => compile('exec:/bin/true')).toThrow(
      expect.objectContaining({ code: 'seclang.unsupported', message: 'action exec' }),
    );
  });
});
