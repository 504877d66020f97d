import { describe, expect, it } from 'vitest';
import { bodyModesOf } from '../../src/ext-proc/body-mode.ts';
import { BodySendMode } from '../../src/ext-proc/gen/envoy/service/ext_proc/v3/external_processor.ts';

const modesOf = (request: BodySendMode, response: BodySendMode = BodySendMode.NONE, noWait = false) =>
  bodyModesOf({
    requestBodyMode: request,
    responseBodyMode: response,
    sendBodyWithoutWaitingForHeaderResponse: noWait,
  });

describe('bodyModesOf', () => {
  it('gives for each mode how the body arrives and whether the head may wait', () => {
    const table = [
      [BodySendMode.NONE, 'none', false],
      [BodySendMode.BUFFERED, 'whole', false],
      [BodySendMode.BUFFERED_PARTIAL, 'prefix', false],
      [BodySendMode.STREAMED, 'chunks', false],
      [BodySendMode.FULL_DUPLEX_STREAMED, 'chunks', true],
    ] as const;
    for (const [mode, body, holdsHead] of table) {
      expect(modesOf(mode).deliveries.request).toStrictEqual({ body, holdsHead });
    }
  });

  it('lets the head wait if bodies are sent ahead of its reply', () => {
    expect(modesOf(BodySendMode.STREAMED, BodySendMode.NONE, true).deliveries.request.holdsHead).toBe(true);
  });

  it('distinguishes the directions', () => {
    const { chunkAnswers, deliveries } = modesOf(BodySendMode.BUFFERED, BodySendMode.FULL_DUPLEX_STREAMED);
    expect(chunkAnswers).toStrictEqual({ request: 'continue', response: 'echo' });
    expect(deliveries.response.body).toBe('chunks');
  });

  it('treats a proxy without protocol_config as one that waits for each reply', () => {
    expect(bodyModesOf().deliveries.request).toStrictEqual({ body: 'chunks', holdsHead: false });
  });

  it('rejects unknown modes', () => {
    for (const mode of [BodySendMode.GRPC, 9 as BodySendMode, BodySendMode.UNRECOGNIZED]) {
      expect(() => modesOf(mode)).toThrow(expect.objectContaining({ code: 'protocol.malformed' }));
    }
  });
});
