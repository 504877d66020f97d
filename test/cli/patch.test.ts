import { expect, it } from 'vitest';
import { patchCommand } from '../../src/cli/patch.ts';

it('weir patch lists its commands', async () => {
  let out = '';
  const print = (text: string): void => {
    out += text;
  };
  expect(await patchCommand(['--help'], { print, warn: print })).toBe(0);
  expect(out).toMatch(/^ +new .*create a virtual patch/m);
});
