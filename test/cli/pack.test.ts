import { describe, expect, it } from 'vitest';
import { packCommands } from '../../src/cli/pack.ts';
import { runPack } from './pack/run-pack.ts';

describe('weir pack', () => {
  it('lists its commands', async () => {
    const { code, out } = await runPack('--help');
    expect(code).toBe(0);
    for (const name of Object.keys(packCommands)) expect(out).toMatch(new RegExp(`^  ${name} +\\w`, 'm'));
    expect((await runPack()).code).toBe(2);
  });

  it.each(Object.keys(packCommands))('calls %s by its name in its own help', async (name) => {
    const { code, out } = await runPack(name, '--help');
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^Usage: weir pack ${name} `));
  });

  it('knows no other', async () => {
    for (const name of ['biuld', 'constructor', '__proto__']) {
      const { code, err } = await runPack(name);
      expect(code).toBe(2);
      expect(err).toMatch(`unknown command "${name}"`);
    }
  });
});
