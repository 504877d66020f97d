import { describe, expect, it } from 'vitest';
import { engineOf, GuardedServer, guardedRules } from '../support/guarded-server.ts';
import { until } from '../support/until.ts';

describe('a guarded exchange', () => {
  it('names itself to the client by the id of its record, in the form that it accepts', async () => {
    const engine = await engineOf(guardedRules);
    await using server = await GuardedServer.start(engine, () => undefined);
    for (const [accept, type] of [
      ['text/html', 'text/html; charset=utf-8'],
      ['application/json', 'application/json'],
    ] as const) {
      const { headers, body } = await server.ask({ path: '/?a=evil', headers: { accept } });
      expect(headers['content-type']).toBe(type);
      const record = await until('the exchange is over', () => server.records.pop());
      expect(body).toContain(record.report.requestId);
    }
    engine.close();
  });

  it('keeps to the rules with which it began', async () => {
    const engine = await engineOf(guardedRules);
    await using server = await GuardedServer.start(engine, (_, response) => {
      engine.close();
      response.setHeader('content-type', 'text/plain');
      response.end('secret');
    });
    expect((await server.ask()).status).toBe(502);
    expect((await server.ask()).status).toBe(503);
    expect(server.calls).toBe(1);
  });

  it('answers 503 when the answer to a head is none that HTTP has', async () => {
    const engine = await engineOf(guardedRules);
    await using server = await GuardedServer.start(engine, (_, response) => {
      response.setHeader('x-a', 'fine');
      // Said to be a header by an application that made it up: not a byte string.
      response.getHeader = () => '\u0416';
      response.end();
    });
    expect((await server.ask()).status).toBe(503);
    engine.close();
  });
});
