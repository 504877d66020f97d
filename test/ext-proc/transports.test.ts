import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { defaultTransport, loadTransport, transportNames } from '../../src/ext-proc/transports.ts';

describe('loadTransport', () => {
  it('creates each transport by name, the default included', async () => {
    for (const name of transportNames) {
      const transport = (await loadTransport(name))(() => expect.fail(), limits);
      expect(await transport.listen('127.0.0.1:0'), name).toMatch(/^127\.0\.0\.1:\d+$/);
      await transport.close({ drainMs: 100 });
    }
    expect(defaultTransport).toBe('native');
  });
});
