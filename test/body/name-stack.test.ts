import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NameStack } from '../../src/body/name-stack.ts';
import { FieldWriter } from '../../src/http/field-writer.ts';
import { EventLog } from '../support/event-log.ts';

function stackOf(depthMax: number): { readonly stack: NameStack; readonly nameNow: () => string } {
  const log = new EventLog();
  const writer = new FieldWriter(log, 'ARGS_POST', 10_000);
  const nameNow = (): string => {
    writer.startValue();
    writer.endValue();
    return log.fields.at(-1)?.name ?? '';
  };
  return { stack: new NameStack(writer, 'root', depthMax), nameNow };
}

describe('NameStack', () => {
  it('names elements by their index', () => {
    const { stack, nameNow } = stackOf(10);
    stack.nameValue();
    assert.equal(nameNow(), 'root');
    stack.enter(true);
    assert.ok(stack.isList);
    stack.nameValue();
    assert.equal(nameNow(), 'root.0');
    stack.nextElement();
    stack.nameValue();
    assert.equal(nameNow(), 'root.1');
    stack.enter(true);
    stack.nameValue();
    assert.equal(nameNow(), 'root.1.0');
    assert.equal(stack.leave(), 1);
    assert.equal(nameNow(), 'root.1', 'the list has its own name again');
    stack.nextElement();
    stack.nameValue();
    assert.equal(nameNow(), 'root.2');
    assert.equal(stack.leave(), 3);
    assert.equal(nameNow(), 'root');
  });

  it('refuses one level too many and stays as it was', () => {
    const { stack } = stackOf(3);
    stack.nameValue();
    for (let level = 0; level < 3; level += 1) assert.ok(stack.enter(false));
    assert.ok(!stack.enter(false));
    assert.equal(stack.depth, 3);
  });

  it('grows to a thousand levels', () => {
    const { stack, nameNow } = stackOf(1000);
    stack.nameValue();
    for (let level = 0; level < 1000; level += 1) {
      assert.ok(stack.enter(true));
      stack.nameValue();
    }
    assert.equal(nameNow(), `root${'.0'.repeat(1000)}`);
    for (let level = 0; level < 1000; level += 1) stack.leave();
    assert.equal(stack.depth, 0);
    assert.ok(!stack.isList);
  });
});
