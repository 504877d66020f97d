import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ElementStack } from '../../src/body/xml-elements.ts';

function name(stack: ElementStack, text: string): ElementStack {
  stack.startName();
  for (const byte of Buffer.from(text)) stack.nameByte(byte);
  return stack;
}

describe('ElementStack', () => {
  it('matches end tags by name', () => {
    const stack = new ElementStack(10);
    assert.ok(name(stack, 'a').enter());
    assert.ok(name(stack, 'b').enter());
    assert.ok(name(stack, 'b').leave());
    assert.ok(!name(stack, 'c').leave(), 'another name');
    assert.ok(!name(stack, 'a').leave(), 'nothing is open');
    assert.ok(stack.hasRoot);
    assert.equal(stack.depth, 0);
  });

  it('tells a second outermost element', () => {
    const stack = new ElementStack(10);
    name(stack, 'a').enter();
    stack.leaveEmpty();
    assert.ok(!stack.isSecondRoot);
    name(stack, 'b').enter();
    assert.ok(stack.isSecondRoot);
    name(stack, 'c').enter();
    assert.ok(!stack.isSecondRoot);
  });

  it('grows to its bound and no further', () => {
    const stack = new ElementStack(100);
    for (let level = 0; level < 100; level += 1) assert.ok(name(stack, `e${level}`).enter());
    assert.ok(!name(stack, 'x').enter());
    for (let level = 99; level >= 0; level -= 1) assert.ok(name(stack, `e${level}`).leave());
  });

  it('knows how far out it went', () => {
    const stack = new ElementStack(10);
    name(stack, 'a').enter();
    name(stack, 'b').enter();
    stack.markDepth();
    assert.equal(stack.lowestDepth, 2);
    name(stack, 'c').enter();
    stack.leaveEmpty();
    assert.equal(stack.lowestDepth, 2);
    name(stack, 'b').leave();
    name(stack, 'd').enter();
    assert.equal(stack.lowestDepth, 1);
    stack.markDepth();
    assert.equal(stack.lowestDepth, 2);
  });
});
