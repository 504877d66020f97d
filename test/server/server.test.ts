import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ServeSettings } from '../../src/config/config.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { startServer } from '../../src/server/server.ts';
import { chunkOf, GrpcPeer, requestHeaders } from '../support/ext-proc.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-serve-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
const rules = join(folder, 'a.conf');
writeFileSync(rules, 'SecRuleEngine On\nSecRule REQUEST_BODY "@contains attack" "id:1,phase:2,deny,status:403,log"\n');

describe('startServer', () => {
  it('serves until it is stopped, any number of times', async () => {
    const server = await startServer(() => ({ listen: ['127.0.0.1:0'], rules: [rules], logLevel: 'silent' }));
    expect(server.readyLine).toMatch(/, 1 rules, /);
    const peer = new GrpcPeer(server.addresses[0] ?? '');
    const stream = peer.open();
    stream.send(requestHeaders(), 'streamed');
    stream.send(chunkOf('request', 'an attack', true));
    const [answer] = await stream.answers(1);
    expect(answer?.response?.$case).toBe('immediateResponse');
    peer.close();
    expect(server.stop()).toBe(server.stop());
    await server.stop();
  });

  it('leaves nothing behind when an address does not work', async () => {
    const server = await startServer(() => ({ listen: ['127.0.0.1:0'], rules: [rules], logLevel: 'silent' }));
    const [taken = ''] = server.addresses;
    const socket = join(folder, 'a.sock');
    const failing = startServer(() => ({ listen: [`unix:${socket}`, taken], rules: [rules], logLevel: 'silent' }));
    await expect(failing).rejects.toThrow(expect.objectContaining({ code: 'config.invalid' }));
    await server.stop();
    const again = await startServer(() => ({ listen: [`unix:${socket}`, taken], rules: [rules], logLevel: 'silent' }));
    await again.stop();
  });
});

describe('reload', () => {
  const rule = (word: string): string =>
    `SecRuleEngine On\nSecRule REQUEST_BODY "@contains ${word}" "id:1,phase:2,deny,status:403,log"\n`;

  /** A server on a file of its own, and what a body leads to. */
  async function serving() {
    const file = join(mkdtempSync(join(folder, 'reload-')), 'a.conf');
    writeFileSync(file, rule('attack'));
    const settings = { listen: ['127.0.0.1:0'], rules: [file], logLevel: 'silent' } as const;
    let more: ServeSettings = {};
    const server = await startServer(() => ({ ...settings, ...more }));
    const peer = new GrpcPeer(server.addresses[0] ?? '');
    const ask = async (body: string): Promise<string | undefined> => {
      const stream = peer.open();
      stream.send(requestHeaders(), 'streamed');
      stream.send(chunkOf('request', body, true));
      const answers = await stream.answers(1);
      stream.call.cancel();
      return answers[0]?.response?.$case;
    };
    const set = (given: ServeSettings): void => {
      more = given;
    };
    const stop = async (): Promise<void> => {
      peer.close();
      await server.stop();
    };
    return { file, server, peer, ask, set, stop };
  }

  it('puts new rules in force for exchanges that begin then; others end by those they began with', async () => {
    const { file, server, peer, ask, stop } = await serving();
    const early = peer.open();
    early.send(requestHeaders({ 'content-type': 'text/plain', trailer: 'x' }), 'streamed');
    await early.answers(1);
    writeFileSync(file, rule('leak'));
    expect(await server.reload()).toBe(true);
    expect(server.generation).toBe(2);
    expect(await ask('an attack')).toBe('requestHeaders');
    expect(await ask('a leak')).toBe('immediateResponse');
    early.send(chunkOf('request', 'an attack', true));
    const answers = await early.answers(2);
    expect(answers.at(-1)?.response?.$case).toBe('immediateResponse');
    await stop();
  });

  for (const [what, text] of [
    ['does not parse', 'SecRule ARGS\n'],
    ['holds no rule', '# nothing\n'],
    ['has a pattern that does not compile', rule('a').replace('@contains a', '@rx (')],
  ] as const) {
    it(`keeps what was in force when the new file ${what}`, async () => {
      const { file, server, ask, stop } = await serving();
      writeFileSync(file, text);
      expect(await server.reload()).toBe(false);
      expect(server.generation).toBe(1);
      expect(await ask('an attack')).toBe('immediateResponse');
      writeFileSync(file, rule('leak'));
      expect(await server.reload(), 'and takes the next one').toBe(true);
      await stop();
    });
  }

  it('takes engine mode, bounds and failure policy from the settings, and keeps them when those are wrong', async () => {
    const { server, ask, set, stop } = await serving();
    set({ engine: 'DetectionOnly' });
    expect(await server.reload()).toBe(true);
    expect(await ask('an attack')).toBe('requestHeaders');
    set({ limits: { noSuchLimit: 1 } });
    expect(await server.reload()).toBe(false);
    expect(await ask('an attack')).toBe('requestHeaders');
    await stop();
  });

  it('keeps what rules remember of an address, also when bounds change', async () => {
    const { file, server, ask, set, stop } = await serving();
    const counting = `SecRuleEngine On
SecAction "id:1,phase:1,pass,nolog,initcol:ip=%{REMOTE_ADDR},setvar:ip.seen=+1"
SecRule IP:seen "@ge 3" "id:2,phase:1,deny,status:429,log"\n`;
    writeFileSync(file, counting);
    await server.reload();
    expect(await ask('one')).toBe('requestHeaders');
    writeFileSync(file, `${counting}# another version\n`);
    await server.reload();
    expect(await ask('two')).toBe('requestHeaders');
    set({ limits: { jsonDepthMax: 3 } });
    await server.reload();
    expect(await ask('three')).toBe('immediateResponse');
    await stop();
  });

  it('answers all calls that come while one is under way by one more', async () => {
    const { server, stop } = await serving();
    const first = server.reload();
    const others = [server.reload(), server.reload(), server.reload()];
    expect(await Promise.all([first, ...others])).toStrictEqual([true, true, true, true]);
    expect(server.generation).toBe(3);
    await stop();
  });

  it('leaves nothing behind when the server stops meanwhile', async () => {
    const before = nativeAddon().openHandles();
    const { server, stop } = await serving();
    const reloading = server.reload();
    await stop();
    await reloading;
    expect(nativeAddon().openHandles()).toStrictEqual(before);
  });
});
