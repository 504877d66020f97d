import { describe, expect, it } from 'vitest';
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
    expect(nameNow()).toBe('root');
    stack.enter(true);
    expect(stack.isList).toBeTruthy();
    stack.nameValue();
    expect(nameNow()).toBe('root.0');
    stack.nextElement();
    stack.nameValue();
    expect(nameNow()).toBe('root.1');
    stack.enter(true);
    stack.nameValue();
    expect(nameNow()).toBe('root.1.0');
    expect(stack.leave()).toBe(1);
    expect(nameNow(), 'the list has its own name again').toBe('root.1');
    stack.nextElement();
    stack.nameValue();
    expect(nameNow()).toBe('root.2');
    expect(stack.leave()).toBe(3);
    expect(nameNow()).toBe('root');
  });

  it('rejects one level too many and stays unchanged', () => {
    const { stack } = stackOf(3);
    stack.nameValue();
    for (let level = 0; level < 3; level += 1) expect(stack.enter(false)).toBeTruthy();
    expect(stack.enter(false)).toBeFalsy();
    expect(stack.depth).toBe(3);
  });

  it('grows to a thousand levels', () => {
    const { stack, nameNow } = stackOf(1000);
    stack.nameValue();
    for (let level = 0; level < 1000; level += 1) {
      expect(stack.enter(true)).toBeTruthy();
      stack.nameValue();
    }
    expect(nameNow()).toBe(`root${'.0'.repeat(1000)}`);
    for (let level = 0; level < 1000; level += 1) stack.leave();
    expect(stack.depth).toBe(0);
    expect(stack.isList).toBeFalsy();
  });
});
