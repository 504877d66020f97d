import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ServeSettings } from '../../src/config/config.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { startServer } from '../../src/server/server.ts';
import { askAdmin } from '../support/admin.ts';
import { chunkOf, GrpcPeer, requestHeaders } from '../support/ext-proc.ts';
import { healthOf } from '../support/health-client.ts';
import { until } from '../support/until.ts';

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

describe('the admin address', () => {
  const admin = { listen: '127.0.0.1:0' };

  it('responds from before rules are loaded until the end, and reports what is not ready', async () => {
    const listen = `unix:${join(folder, 'admin.sock')}`;
    const starting = startServer(() => ({
      listen: ['127.0.0.1:0'],
      rules: [rules],
      logLevel: 'silent',
      admin: { listen },
    }));
    const early = await until('it answers', () => askAdmin(listen, '/readyz').catch(() => undefined));
    expect([early.status, early.body]).toStrictEqual([
      503,
      'not ready: starting: rules are being loaded\ngeneration 0\n',
    ]);
    expect((await askAdmin(listen, '/startupz')).status).toBe(503);
    expect((await askAdmin(listen, '/livez')).status).toBe(200);
    const reload = await askAdmin(listen, '/-/reload', { method: 'POST' });
    expect([reload.status, /still being loaded/.test(reload.body)]).toStrictEqual([500, true]);
    const server = await starting;
    expect((await askAdmin(listen, '/startupz')).status).toBe(200);
    expect((await askAdmin(listen, '/readyz')).body).toBe('ready\ngeneration 1\n');
    await server.stop();
    await expect(askAdmin(listen, '/livez')).rejects.toThrow();
  });

  it('drains: first not ready, then no new streams, then the end, and open exchanges are completed', async () => {
    let drains = 0;
    const server = await startServer(
      () => ({ listen: ['127.0.0.1:0'], rules: [rules], logLevel: 'silent', admin, limits: { drainNoticeMs: 20_000 } }),
      { onDrain: () => (drains += 1) },
    );
    const address = server.addresses[0] ?? '';
    const peer = new GrpcPeer(address);
    const stream = peer.open();
    stream.send(requestHeaders({ 'content-type': 'text/plain', trailer: 'x' }), 'streamed');
    await stream.answers(1);
    const asked = await askAdmin(server.adminAddress ?? '', '/-/drain', { method: 'POST' });
    expect([asked.status, drains]).toStrictEqual([202, 1]);
    expect((await askAdmin(server.adminAddress ?? '', '/readyz')).body).toMatch(/^not ready: draining\n/);
    expect((await askAdmin(server.adminAddress ?? '', '/livez')).status).toBe(200);
    expect(await healthOf(address)).toBe('NOT_SERVING');
    expect(await healthOf(address, 'envoy.service.ext_proc.v3.ExternalProcessor')).toBe('NOT_SERVING');
    const late = peer.open();
    late.send(requestHeaders({}, true), 'streamed');
    expect((await late.answers(1))[0]?.response?.$case, 'the notice is not over').toBe('requestHeaders');
    late.call.end();
    expect((await server.reload()).isDone, 'nothing is reloaded any more').toBe(false);
    stream.send(chunkOf('request', 'an attack', true));
    expect((await stream.answers(2)).at(-1)?.response?.$case).toBe('immediateResponse');
    peer.close();
    await server.stop();
    await expect(askAdmin(server.adminAddress ?? '', '/livez')).rejects.toThrow();
  });

  it('ends a server that is asked to drain while it loads rules, and opens nothing later', async () => {
    const before = nativeAddon().openHandles();
    const listen = `unix:${join(folder, 'early.sock')}`;
    let drains = 0;
    const starting = startServer(
      () => ({ listen: [`unix:${join(folder, 'never.sock')}`], rules: [rules], logLevel: 'silent', admin: { listen } }),
      { onDrain: () => (drains += 1) },
    );
    const ended = expect(starting).rejects.toThrow(/asked to end while it started/);
    await until('it takes it', () => askAdmin(listen, '/-/drain', { method: 'POST' }).catch(() => undefined));
    await ended;
    expect([drains, existsSync(join(folder, 'never.sock'))]).toStrictEqual([1, false]);
    expect(nativeAddon().openHandles()).toStrictEqual(before);
  });

  it('sets the log level for a time', async () => {
    const server = await startServer(() => ({ listen: ['127.0.0.1:0'], rules: [rules], logLevel: 'silent', admin }));
    const set = await askAdmin(server.adminAddress ?? '', '/-/log-level?level=debug&seconds=9', { method: 'POST' });
    expect(set).toMatchObject({ status: 200, body: 'the log level is debug for 9 s\n' });
    await server.stop();
  });

  it('prevents the start if it cannot be opened or protected, and leaves nothing behind', async () => {
    const before = nativeAddon().openHandles();
    for (const listen of ['0.0.0.0:0', 'nonsense', `unix:${folder}`]) {
      const failing = startServer(() => ({
        listen: ['127.0.0.1:0'],
        rules: [rules],
        logLevel: 'silent',
        admin: { listen },
      }));
      await expect(failing).rejects.toThrow(expect.objectContaining({ code: 'config.invalid' }));
    }
    expect(nativeAddon().openHandles()).toStrictEqual(before);
  });
});

describe('watched files', () => {
  it('are reloaded when they change; if they do not load, the old rules stay, and the next change is tried again', async () => {
    const own = mkdtempSync(join(folder, 'watch-'));
    const file = join(own, 'a.conf');
    const list = join(own, 'words.data');
    const config = join(own, 'weir.yaml');
    writeFileSync(list, 'attack\n');
    const rule = 'SecRuleEngine On\nSecRule REQUEST_BODY "@pmFromFile words.data" "id:1,phase:2,deny,log"\n';
    writeFileSync(file, `IncludeOptional more.inc\n${rule}`);
    writeFileSync(config, '');
    let reads = 0;
    const server = await startServer(() => {
      reads += 1;
      return {
        listen: ['127.0.0.1:0'],
        rules: [own],
        logLevel: 'silent',
        watch: [config],
        limits: { watchIntervalMs: 5 },
      };
    });
    const reloads = (count: number) => until(`it was read ${count + 1} times`, () => reads > count);
    const generation = (number: number) =>
      until(`generation ${number} is in force`, () => server.generation === number);
    writeFileSync(list, 'leak\n');
    await generation(2);
    writeFileSync(join(own, 'more.inc'), rule.replace('id:1', 'id:2').replace('SecRuleEngine On', ''));
    await until('the included file is loaded', () => server.generation >= 3);
    const before = server.generation;
    const readBefore = reads;
    writeFileSync(file, 'SecRule ARGS\n');
    await reloads(readBefore);
    expect(server.generation).toBe(before);
    writeFileSync(file, rule);
    await generation(before + 1);
    writeFileSync(config, '# settings\n');
    await generation(before + 2);
    await server.stop();
  });
});

describe('reload', () => {
  const rule = (word: string): string =>
    `SecRuleEngine On\nSecRule REQUEST_BODY "@contains ${word}" "id:1,phase:2,deny,status:403,log"\n`;

  /** A server with its own file, and the verdict on a body. */
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

  it('puts new rules in force for new exchanges; others end with those they began with', async () => {
    const { file, server, peer, ask, stop } = await serving();
    const early = peer.open();
    early.send(requestHeaders({ 'content-type': 'text/plain', trailer: 'x' }), 'streamed');
    await early.answers(1);
    writeFileSync(file, rule('leak'));
    expect((await server.reload()).isDone).toBe(true);
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
      expect((await server.reload()).isDone).toBe(false);
      expect(server.generation).toBe(1);
      expect(await ask('an attack')).toBe('immediateResponse');
      writeFileSync(file, rule('leak'));
      expect((await server.reload()).isDone, 'and takes the next one').toBe(true);
      await stop();
    });
  }

  it('takes engine mode, limits and failure policy from the settings, and keeps them if those are wrong', async () => {
    const { server, ask, set, stop } = await serving();
    set({ engine: 'DetectionOnly' });
    expect((await server.reload()).isDone).toBe(true);
    expect(await ask('an attack')).toBe('requestHeaders');
    set({ limits: { noSuchLimit: 1 } });
    expect((await server.reload()).isDone).toBe(false);
    expect(await ask('an attack')).toBe('requestHeaders');
    await stop();
  });

  it('keeps what rules store for an address, also when limits change', async () => {
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

  it('answers all calls made during a reload with one more', async () => {
    const { server, stop } = await serving();
    const first = server.reload();
    const others = [server.reload(), server.reload(), server.reload()];
    const outcomes = await Promise.all([first, ...others]);
    expect(outcomes.map(({ generation }) => generation)).toStrictEqual([2, 3, 3, 3]);
    expect(server.generation).toBe(3);
    await stop();
  });

  it('leaves nothing behind when the server stops during a reload', async () => {
    const before = nativeAddon().openHandles();
    const { server, stop } = await serving();
    const reloading = server.reload();
    await stop();
    await reloading;
    expect(nativeAddon().openHandles()).toStrictEqual(before);
  });
});
