import { describe, expect, it } from 'vitest';
import { Facts } from '../../src/evaluate/facts.ts';
import { bodyFacts } from '../../src/http/field.ts';

describe('Facts', () => {
  it('has nothing at the beginning, and nothing of another exchange', () => {
    new Facts().set('REMOTE_ADDR', '::1');
    expect(new Facts().get('REMOTE_ADDR')).toBe(undefined);
  });

  it('keeps each value under its own name, the last one that was set', () => {
    const facts = new Facts();
    for (const name of ['REMOTE_ADDR', 'RESPONSE_STATUS', ...bodyFacts] as const) {
      facts.set(name, 'other');
      facts.set(name, `value of ${name}`);
    }
    for (const name of ['REMOTE_ADDR', 'RESPONSE_STATUS', ...bodyFacts])
      expect(facts.get(name)).toBe(`value of ${name}`);
  });

  it('has no value for what is not a variable', () => {
    for (const variable of ['TX', 'remote_addr', '__proto__', '']) expect(new Facts().get(variable)).toBe(undefined);
  });
});
