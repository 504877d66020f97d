import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limits } from '../../src/base/limits.ts';
import { holdWindowNotice } from '../../src/config/hold-window.ts';

describe('holdWindowNotice', () => {
  it('is silent up to half of the usual buffer, and so by default', () => {
    assert.equal(holdWindowNotice(limits), undefined);
    assert.equal(holdWindowNotice({ holdWindowBytesMax: 524_288 }), undefined);
  });

  it('names the buffer that Envoy needs above that', () => {
    const notice = holdWindowNotice({ holdWindowBytesMax: 524_289 });
    assert.match(notice ?? '', /524289 bytes.*per_connection_buffer_limit_bytes must be at least 1048578 /);
  });
});
