import { describe, expect, it } from 'vitest';
import { unknownName } from '../../src/base/unknown-name.ts';

describe('unknownName', () => {
  it('names the closest one, or all', () => {
    expect(unknownName('lisen', ['listen', 'rules'])).toBe('unknown name "lisen", did you mean listen?');
    expect(unknownName('x', ['a', 'b'], { kind: 'profile' })).toBe('unknown profile "x", it may be a, b');
  });

  it('reports when there are no names at all', () => {
    expect(unknownName('x', [], { kind: 'pack', none: 'no pack is loaded' })).toBe(
      'unknown pack "x", no pack is loaded',
    );
  });

  it('shows no more of a name than fits a line', () => {
    expect(unknownName('x'.repeat(100), ['a'])).toBe(`unknown name "${'x'.repeat(60)}", it may be a`);
  });
});
