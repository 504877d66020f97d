// Names of headers that override parts of the request line.

import { describe, expect, it } from 'vitest';
import { hostOverrides, methodOverrides, targetOverrides } from '../../src/http/overrides.ts';

describe('the names of overriding headers', () => {
  it('are in lower case, as in heads, each once', () => {
    const names: readonly string[] = [...methodOverrides, ...targetOverrides, ...hostOverrides];
    expect(names).toStrictEqual([...new Set(names.map((name) => name.toLowerCase()))]);
  });
});
