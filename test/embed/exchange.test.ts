import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Decision, type Engine, type Exchange, limitsWith } from '../../src/index.ts';

const rules = `
SecRequestBodyAccess On
SecResponseBodyAccess On
SecResponseBodyMimeType text/plain
SecRule ARGS "@contains evil" "id:1,phase:2,deny,status:418"
SecRule ARGS:go "@streq away" "id:2,phase:1,redirect:https://example.org/,status:302"
SecRule RESPONSE_BODY "@contains secret" "id:3,phase:4,deny,status:502"
`;
const release: Decision = { kind: 'release' };
const requestId: string = expect.stringMatching(/^[\w-]{36}$/);
const form = [{ name: 'content-type', value: 'application/x-www-form-urlencoded' }];
const text = [{ name: 'content-type', value: 'text/plain' }];
const head = (target = '/', headers = form) => ({
  method: 'POST',
  target,
  protocol: 'HTTP/1.1',
  headers,
  remoteAddress: '192.0.2.1',
  remotePort: 1,
});
const answer = { status: 200, protocol: 'HTTP/1.1', headers: text };

describe('Exchange', () => {
  let folder: string;
  let engine: Engine;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'weir-exchange-'));
    writeFileSync(join(folder, 'rules.conf'), rules);
    engine = await createEngine({ rules: [join(folder, 'rules.conf')] });
  });
  afterAll(() => {
    engine.close();
    rmSync(folder, { recursive: true });
  });

  it('releases a benign exchange part by part, and reports what is known about it', async () => {
    const exchange = engine.openExchange();
    const parts = [
      exchange.requestHead(head(), false),
      exchange.requestChunk(Buffer.from('a=good')),
      exchange.requestEnd(),
      exchange.responseHead(answer, false),
      exchange.responseChunk(Buffer.from('fine')),
      exchange.responseEnd(),
    ];
    expect(await Promise.all(parts)).toStrictEqual(parts.map(() => release));
    const record = await exchange.close();
    expect(record).toMatchObject({ ending: 'complete', generation: 1, report: { verdict: 'allow' } });
    expect(await exchange.close()).toBe(record);
  });

  it('blocks every waiting part, and later ones, wherever the body is cut', async () => {
    const body = Buffer.from('a=evil');
    const blocked: Decision = { kind: 'block', status: 418, isCommitted: false, requestId };
    for (let cut = 0; cut <= body.length; cut += 1) {
      const exchange = engine.openExchange();
      const parts = [
        exchange.requestHead(head(), false),
        exchange.requestChunk(body.subarray(0, cut)),
        exchange.requestChunk(body.subarray(cut)),
        exchange.requestEnd(),
      ];
      expect(await Promise.all(parts), `cut at ${cut}`).toStrictEqual(parts.map(() => blocked));
      expect(await exchange.responseHead(answer, true)).toStrictEqual(blocked);
      expect((await exchange.close()).report.ruleIds).toStrictEqual([1]);
    }
  });

  it('names the location of a redirect', async () => {
    const exchange = engine.openExchange();
    const decision = await exchange.requestHead(head('/?go=away', []), true);
    expect(decision).toStrictEqual({
      kind: 'block',
      status: 302,
      location: 'https://example.org/',
      isCommitted: false,
      requestId,
    });
    await exchange.close();
  });

  it('withholds the head of a response whose body is blocked', async () => {
    const exchange = engine.openExchange();
    await exchange.requestHead(head('/', []), true);
    const parts = [
      exchange.responseHead(answer, false),
      exchange.responseChunk(Buffer.from('a sec')),
      exchange.responseChunk(Buffer.from('ret')),
      exchange.responseEnd(),
    ];
    for (const decision of await Promise.all(parts)) expect(decision).toMatchObject({ kind: 'block', status: 502 });
    await exchange.close();
  });

  it('releases held parts although nothing more arrives, by its own timers', async () => {
    const rulesFile = join(folder, 'rules.conf');
    const impatient = await createEngine({ rules: [rulesFile], limits: limitsWith({ holdMsMax: 1, quietMsMax: 1 }) });
    const exchange = impatient.openExchange();
    expect(await exchange.requestHead(head(), false)).toStrictEqual(release);
    expect(await exchange.requestChunk(Buffer.from('a=1&'))).toStrictEqual(release);
    expect((await exchange.close()).ending).toBe('cancelled');
    impatient.close();
  });

  it('rejects undecided parts when it is closed', async () => {
    const exchange = engine.openExchange();
    const undecided = [exchange.requestHead(head(), false), exchange.requestChunk(Buffer.from('a=1'))];
    const settled = Promise.allSettled(undecided);
    await exchange.close();
    expect((await settled).map(({ status }) => status)).toStrictEqual(['rejected', 'rejected']);
  });

  const misuses: Record<string, (exchange: Exchange) => unknown> = {
    'a body before its head': (exchange) => exchange.requestChunk(Buffer.from('a=evil')),
    'an end before its head': (exchange) => exchange.requestEnd(),
    'a response before its request': (exchange) => exchange.responseHead(answer, true),
    'a second head': (exchange) => [exchange.requestHead(head(), false), exchange.requestHead(head(), false)],
    'a body after its end': (exchange) => [
      exchange.requestHead(head('/', []), true),
      exchange.requestChunk(Buffer.from('')),
    ],
    'a body of a request after the end of its response': (exchange) => [
      exchange.requestHead(head(), false),
      exchange.responseHead(answer, false),
      exchange.responseEnd(),
      exchange.requestChunk(Buffer.from('a=evil')),
    ],
    'a body of a request after a response without one': (exchange) => [
      exchange.requestHead(head(), false),
      exchange.responseHead(answer, true),
      exchange.requestChunk(Buffer.from('a=evil')),
    ],
    'a body that is a string': (exchange) => [
      exchange.requestHead(head(), false),
      exchange.requestChunk('a=evil' as never),
    ],
    'a header name in mixed case': (exchange) =>
      exchange.requestHead(head('/', [{ name: 'Content-Encoding', value: 'gzip' }]), false),
    'an end that is a text': (exchange) => exchange.requestHead(head(), 'false' as never),
    'an end of a response that is not said': (exchange) => [
      exchange.requestHead(head(), false),
      exchange.responseHead(answer, undefined as never),
    ],
    'a port that is a text': (exchange) => exchange.requestHead({ ...head(), remotePort: '1' } as never, false),
    'no head': (exchange) => exchange.requestHead(undefined as never, true),
    'a call after close': (exchange) => {
      void exchange.close();
      return exchange.requestHead(head(), false);
    },
  };
  it.each(Object.entries(misuses))('throws at once for %s', async (_, call) => {
    const exchange = engine.openExchange();
    expect(() => call(exchange)).toThrow(expect.objectContaining({ code: 'api.misuse' }));
    await exchange.close();
  });
});
