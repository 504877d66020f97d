import { describe, expect, it } from 'vitest';
import { engineOf, GuardedServer, guardedRules } from '../support/guarded-server.ts';
import { until } from '../support/until.ts';

describe('a guarded exchange', () => {
  it('sends the client the id of its record, in the form that the client accepts', async () => {
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

  it('keeps the rules with which it began', async () => {
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

  it('responds with 503 if the response head is not valid HTTP', async () => {
    const engine = await engineOf(guardedRules);
    await using server = await GuardedServer.start(engine, (_, response) => {
      response.setHeader('x-a', 'fine');
      // An invalid header from an application: not a byte string.
      response.getHeader = () => '\u0416';
      response.end();
    });
    expect((await server.ask()).status).toBe(503);
    engine.close();
  });
});
