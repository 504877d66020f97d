import { expect, it } from 'vitest';
import { framingHeaders } from '../../src/replay/recording.ts';

it('framingHeaders are in lower case, as names of headers are', () => {
  for (const name of framingHeaders) expect(name).toBe(name.toLowerCase());
});
