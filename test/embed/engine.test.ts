import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine, limitsWith } from '../../src/index.ts';

describe('Engine', () => {
  let folder: string;
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const ruleAgainst = (word: string): string =>
    file(`${word}.conf`, `SecRule ARGS "@contains ${word}" "id:1,phase:2,deny,status:418"\n`);
  const head = (target: string) => ({
    method: 'GET',
    target,
    protocol: 'HTTP/1.1',
    headers: [],
    remoteAddress: '',
    remotePort: 0,
  });
  const kindOf = async (exchange: ReturnType<Engine['openExchange']>, target: string): Promise<string> => {
    const { kind } = await exchange.requestHead(head(target), true);
    await exchange.close();
    return kind;
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'weir-embed-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('replaces rules for exchanges opened from then on', async () => {
    const engine = await createEngine({ rules: [ruleAgainst('one')] });
    const before = engine.openExchange();
    const inspection = engine.openInspection('before');
    expect(await engine.replaceRules([ruleAgainst('two')])).toBe(2);
    expect(engine.generation).toBe(2);
    expect(await kindOf(before, '/?a=one')).toBe('block');
    expect(inspection.requestHeaders(head('/?a=one'), true).kind).toBe('block');
    inspection.close();
    expect(await kindOf(engine.openExchange(), '/?a=one')).toBe('release');
    expect(await kindOf(engine.openExchange(), '/?a=two')).toBe('block');
    engine.close();
  });

  it('runs rules with the settings of packs, and keeps limits and failure policy of the first', async () => {
    const pack = (name: string, profile: string) => {
      mkdirSync(join(folder, name));
      file(join(name, 'a.conf'), 'SecRule ARGS "@contains one" "id:1,phase:2,deny"\n');
      file(join(name, 'pack.yaml'), `name: ${name}\nversion: 1.0.0\nfiles: [a.conf]\nprofile: ${profile}\n`);
      return join(folder, name);
    };
    const strict = pack('strict', '{ mode: detect, limits: { jsonDepthMax: 4, fieldsMax: 7 } }');
    const engine = await createEngine({ rules: [strict], limits: { fieldsMax: 8 } });
    expect([engine.limits.jsonDepthMax, engine.limits.fieldsMax]).toStrictEqual([4, 8]);
    expect(await kindOf(engine.openExchange(), '/?a=one')).toBe('release');
    await engine.replaceRules([pack('loose', '{ mode: block, limits: { jsonDepthMax: 5 } }')]);
    expect(await kindOf(engine.openExchange(), '/?a=one')).toBe('block');
    expect(engine.limits.jsonDepthMax).toBe(4);
    engine.close();
    await expect(createEngine({ rules: [strict], limits: { holdMsMax: 1e9 } })).rejects.toThrow(/holdMsMax/);
  });

  it('keeps its rules when others do not load, and rejects empty ones', async () => {
    const engine = await createEngine({ rules: [ruleAgainst('one')] });
    const empty = file('empty.conf', '# nothing\n');
    const broken = file('broken.conf', 'SecRule ARGS "@rx (" "id:1,phase:2,deny"\n');
    for (const rules of [[], [empty], [broken], [join(folder, 'missing.conf')]]) {
      await expect(engine.replaceRules(rules)).rejects.toThrow();
    }
    expect(engine.generation).toBe(1);
    expect(await kindOf(engine.openExchange(), '/?a=one')).toBe('block');
    await expect(createEngine({ rules: [empty] })).rejects.toThrow(expect.objectContaining({ code: 'config.invalid' }));
    engine.close();
  });

  it('opens and loads nothing after close, and ends open exchanges properly', async () => {
    const engine = await createEngine({ rules: [ruleAgainst('one')] });
    const open = engine.openExchange();
    engine.close();
    engine.close();
    expect(await kindOf(open, '/?a=one')).toBe('block');
    expect(() => engine.openExchange()).toThrow(expect.objectContaining({ code: 'native.closed' }));
    await expect(engine.replaceRules([ruleAgainst('two')])).rejects.toThrow(
      expect.objectContaining({ code: 'native.closed' }),
    );
  });

  it('admits no more exchanges at once than exchangesMax', async () => {
    const engine = await createEngine({ rules: [ruleAgainst('one')], limits: { exchangesMax: 1 } });
    const first = engine.openExchange();
    const second = engine.openExchange();
    expect(await second.requestHead(head('/'), true)).toMatchObject({ kind: 'block', status: 503 });
    await second.close();
    expect(await kindOf(first, '/')).toBe('release');
    expect(await kindOf(engine.openExchange(), '/')).toBe('release');
    engine.close();
  });

  it('reports what happened to its rules, and which limits it uses', async () => {
    const engine = await createEngine({ rules: [ruleAgainst('one')], limits: { holdMsMax: 7 } });
    expect(engine.diagnostics.loadedCount).toBe(1);
    expect(engine.limits).toStrictEqual(limitsWith({ holdMsMax: 7 }));
    engine.close();
  });

  it.each<[string, object]>([
    ['an option that does not exist', { failurepolicy: {} }],
    ['the option to go on with rules left out', { keepGoing: true }],
    ['a limit that does not exist', { limits: { holdMs: 1 } }],
    ['a limit that is none', { limits: { holdMsMax: undefined } }],
    ['an action that does not exist', { failurePolicy: { actions: {}, otherwise: 'Block', statuses: {} } }],
    ['an action for a cause', { failurePolicy: { actions: { parse: 'pass' }, otherwise: 'block', statuses: {} } }],
    [
      'a cause that does not exist',
      { failurePolicy: { actions: { parsing: 'allow' }, otherwise: 'block', statuses: {} } },
    ],
    ['rules that are not paths', { rules: [undefined] }],
  ])('refuses %s', async (_, options) => {
    await expect(createEngine({ rules: [ruleAgainst('one')], ...options })).rejects.toThrow(
      expect.objectContaining({ code: 'config.invalid' }),
    );
  });
});
