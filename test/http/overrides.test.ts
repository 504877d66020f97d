// Names of headers that say parts of the request line again.

import { describe, expect, it } from 'vitest';
import { hostOverrides, methodOverrides, targetOverrides } from '../../src/http/overrides.ts';

describe('the names of overriding headers', () => {
  it('are in lower case, as heads have them, and each stands once', () => {
    const names: readonly string[] = [...methodOverrides, ...targetOverrides, ...hostOverrides];
    expect(names).toStrictEqual([...new Set(names.map((name) => name.toLowerCase()))]);
  });
});
