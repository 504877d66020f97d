import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { holdWindowNotice } from '../../src/config/hold-window.ts';

describe('holdWindowNotice', () => {
  it('reports nothing up to half of the usual buffer, which includes the default', () => {
    expect(holdWindowNotice(limits)).toBe(undefined);
    expect(holdWindowNotice({ holdWindowBytesMax: 524_288 })).toBe(undefined);
  });

  it('names the buffer that Envoy needs above that', () => {
    const notice = holdWindowNotice({ holdWindowBytesMax: 524_289 });
    expect(notice ?? '').toMatch(/524289 bytes.*per_connection_buffer_limit_bytes must be at least 1048578 /);
  });
});
