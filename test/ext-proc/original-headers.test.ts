// Headers carried past Envoy's own cleaning.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { restoreOriginals } from '../../src/ext-proc/original-headers.ts';
import type { HeaderList } from '../../src/http/headers.ts';

const list = (...pairs: readonly (readonly [string, string])[]): HeaderList =>
  pairs.map(([name, value]) => ({ name, value }));

describe('restoreOriginals', () => {
  it('gives carried headers their names back, in place', () => {
    assert.deepEqual(
      restoreOriginals(
        list(
          ['a', '1'],
          ['x-weir-original-referer', 'cat /etc/passwd'],
          ['x-weir-original-connection', 'close,close'],
          ['x-weir-original-transfer-encoding', 'chunked'],
          ['b', '2'],
        ),
      ),
      list(
        ['a', '1'],
        ['referer', 'cat /etc/passwd'],
        ['connection', 'close,close'],
        ['transfer-encoding', 'chunked'],
        ['b', '2'],
      ),
    );
  });

  it('prefers what Envoy left in place', () => {
    assert.deepEqual(
      restoreOriginals(list(['x-weir-original-referer', 'http://a/'], ['referer', 'http://a/'])),
      list(['referer', 'http://a/']),
    );
  });

  it('keeps a forged one beside an original that differs, so that it is inspected', () => {
    const headers = list(['x-weir-original-referer', 'cat /etc/passwd'], ['referer', 'http://a/']);
    assert.deepEqual(restoreOriginals(headers), headers);
  });

  it('carries nothing that decides how a request is read', () => {
    const headers = list(['x-weir-original-content-type', 'text/plain'], ['x-weir-original-host', 'x']);
    assert.deepEqual(restoreOriginals(headers), headers);
  });

  it('gives the same list back when there is nothing to do', () => {
    const headers = list(['a', '1']);
    assert.equal(restoreOriginals(headers), headers);
  });
});
