import { describe, expect, it } from 'vitest';
import { ElementStack } from '../../../src/body/xml/xml-elements.ts';

function name(stack: ElementStack, text: string): ElementStack {
  stack.startName();
  for (const byte of Buffer.from(text)) stack.nameByte(byte);
  return stack;
}

describe('ElementStack', () => {
  it('matches end tags by name', () => {
    const stack = new ElementStack(10);
    expect(name(stack, 'a').enter()).toBeTruthy();
    expect(name(stack, 'b').enter()).toBeTruthy();
    expect(name(stack, 'b').leave()).toBeTruthy();
    expect(name(stack, 'c').leave(), 'another name').toBeFalsy();
    expect(name(stack, 'a').leave(), 'nothing is open').toBeFalsy();
    expect(stack.hasRoot).toBeTruthy();
    expect(stack.depth).toBe(0);
  });

  it('reports a second outermost element', () => {
    const stack = new ElementStack(10);
    name(stack, 'a').enter();
    stack.leaveEmpty();
    expect(stack.isSecondRoot).toBeFalsy();
    name(stack, 'b').enter();
    expect.assert(stack.isSecondRoot);
    name(stack, 'c').enter();
    expect(stack.isSecondRoot).toBeFalsy();
  });

  it('grows to its limit and no further', () => {
    const stack = new ElementStack(100);
    for (let level = 0; level < 100; level += 1) expect(name(stack, `e${level}`).enter()).toBeTruthy();
    expect(name(stack, 'x').enter()).toBeFalsy();
    for (let level = 99; level >= 0; level -= 1) expect(name(stack, `e${level}`).leave()).toBeTruthy();
  });

  it('knows the lowest depth since the last call', () => {
    const stack = new ElementStack(10);
    name(stack, 'a').enter();
    name(stack, 'b').enter();
    stack.markDepth();
    expect(stack.lowestDepth).toBe(2);
    name(stack, 'c').enter();
    stack.leaveEmpty();
    expect(stack.lowestDepth).toBe(2);
    name(stack, 'b').leave();
    name(stack, 'd').enter();
    expect(stack.lowestDepth).toBe(1);
    stack.markDepth();
    expect(stack.lowestDepth).toBe(2);
  });
});
