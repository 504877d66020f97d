import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileActions } from '../../src/plan/rule-actions.ts';
import { parseActions } from '../../src/seclang/actions.ts';
import { PlacedText } from '../../src/seclang/lexer.ts';

const compile = (text: string) =>
  compileActions(parseActions(new PlacedText(text, { file: 'a.conf', line: 1, column: 1 })));

describe('compileActions', () => {
  it('reads metadata', () => {
    const actions = compile("id:7,phase:request,msg:'Hello %{TX.0}',severity:2,tag:'a',tag:'b',status:418,ver:'1'");
    assert.equal(actions.id, 7);
    assert.equal(actions.phase, 2);
    assert.equal(actions.severity, 'CRITICAL');
    assert.deepEqual(actions.tags, ['a', 'b']);
    assert.equal(actions.status, 418);
    assert.equal(actions.messageText, 'Hello %{TX.0}');
    assert.equal(actions.message.constant, undefined);
  });

  it('forgets transformations before none', () => {
    const { transformations, hasNone } = compile('t:lowercase,t:none,t:urlDecodeUni,t:length');
    assert.deepEqual(transformations, ['urlDecodeUni', 'length']);
    assert.ok(hasNone);
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
      assert.ok(effect?.kind === 'setvar');
      assert.deepEqual(
        [effect.collection, effect.name.constant, effect.change, effect.value.constant],
        ['TX', name, change, value],
      );
    });
  }

  it('lets nolog turn the audit log off, and auditlog on again', () => {
    assert.deepEqual([compile('nolog').isLogged, compile('nolog').isAudited], [false, false]);
    assert.deepEqual([compile('nolog,auditlog').isLogged, compile('nolog,auditlog').isAudited], [false, true]);
    assert.equal(compile('pass').isLogged, undefined);
  });

  it('reads the kinds of allow', () => {
    assert.equal(compile('allow').disruption, 'allow');
    assert.equal(compile('allow:phase').disruption, 'allow:phase');
    assert.throws(() => compile('allow:everything'), { code: 'seclang.syntax' });
  });

  it('reports actions without effect', () => {
    assert.deepEqual(
      compile('pause:100').ignored.map((one) => one.reason),
      ['pause: an answer is never delayed on purpose'],
    );
  });

  for (const wrong of ['phase:9', 'severity:LOUD', 'status:abc', 'setvar:nonsense', 'skip:x']) {
    it(`refuses ${wrong}`, () => assert.throws(() => compile(wrong), { code: 'seclang.syntax' }));
  }

  it('refuses actions that it cannot carry out', () => {
    assert.throws(() => compile('exec:/bin/true'), { code: 'seclang.unsupported', message: 'action exec' });
  });
});
