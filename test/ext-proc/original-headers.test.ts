// Headers that are carried past Envoy's own sanitising.

import { describe, expect, it } from 'vitest';
import { restoreOriginals } from '../../src/ext-proc/original-headers.ts';
import type { HeaderList } from '../../src/http/headers.ts';

const list = (...pairs: readonly (readonly [string, string])[]): HeaderList =>
  pairs.map(([name, value]) => ({ name, value }));

describe('restoreOriginals', () => {
  it('restores the names of carried headers, in place', () => {
    expect(
      restoreOriginals(
        list(
          ['a', '1'],
          ['x-weir-original-referer', 'cat /etc/passwd'],
          ['x-weir-original-connection', 'close,close'],
          ['x-weir-original-transfer-encoding', 'chunked'],
          ['b', '2'],
        ),
      ),
    ).toStrictEqual(
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
    expect(restoreOriginals(list(['x-weir-original-referer', 'http://a/'], ['referer', 'http://a/']))).toStrictEqual(
      list(['referer', 'http://a/']),
    );
  });

  it('keeps a forged one next to a different original, so that it is inspected', () => {
    const headers = list(['x-weir-original-referer', 'cat /etc/passwd'], ['referer', 'http://a/']);
    expect(restoreOriginals(headers)).toStrictEqual(headers);
  });

  it('carries nothing that decides how a request is read', () => {
    const headers = list(['x-weir-original-content-type', 'text/plain'], ['x-weir-original-host', 'x']);
    expect(restoreOriginals(headers)).toStrictEqual(headers);
  });

  it('returns the same list when there is nothing to do', () => {
    const headers = list(['a', '1']);
    expect(restoreOriginals(headers)).toBe(headers);
  });
});
