import { describe, expect, it } from 'vitest';
import { ProcessingResponse } from '../../src/ext-proc/gen/envoy/service/ext_proc/v3/external_processor.ts';
import { chunkReply, detailsOf, encodeBlock, headReply, sendReply } from '../../src/ext-proc/to-envoy.ts';
import type { Report } from '../../src/transaction/report.ts';
import { expectToBe } from '../support/narrow.ts';

const report: Report = {
  requestId: 'abcdefgh',
  verdict: 'block',
  ruleId: 942100,
  phase: 2,
  cause: '',
  inboundScore: 15,
  outboundScore: 0,
  ruleIds: [942100, 949110],
};

function sent(...args: [Parameters<typeof sendReply>[0], Report | undefined]): ProcessingResponse[] {
  const messages: ProcessingResponse[] = [];
  sendReply(...args, (bytes) => messages.push(ProcessingResponse.decode(Uint8Array.from(bytes))));
  return messages;
}

describe('sendReply', () => {
  it('sends CONTINUE for the kind of the message', () => {
    for (const direction of ['request', 'response'] as const) {
      expect(sent(headReply(direction, 'head'), undefined)[0]?.response?.$case).toBe(`${direction}Headers`);
      expect(sent(headReply(direction, 'trailers'), undefined)[0]?.response?.$case).toBe(`${direction}Trailers`);
      const body = Buffer.from('x');
      const chunk = chunkReply({ direction, answer: 'continue', chunk: body, endOfStream: true, message: body });
      expect(sent(chunk, undefined)[0]?.response?.$case).toBe(`${direction}Body`);
    }
  });

  it('adds the report as metadata under our name', () => {
    const [message] = sent(headReply('request', 'head'), report);
    expect(message?.response?.$case).toBe('requestHeaders');
    expect(message?.dynamicMetadata).toStrictEqual({
      weir: {
        request_id: 'abcdefgh',
        verdict: 'block',
        score: 15,
        response_score: 0,
        rule_ids: [942100, 949110],
        rule_id: 942100,
        phase: 2,
      },
    });
  });

  it('echoes an empty chunk as one empty part', () => {
    const pendingReply = chunkReply({
      direction: 'response',
      answer: 'echo',
      chunk: Buffer.alloc(0),
      endOfStream: true,
      message: Buffer.alloc(2),
    });
    const [message, ...more] = sent(pendingReply, undefined);
    expect(more.length).toBe(0);
    expectToBe(message?.response?.$case, 'responseBody');
    const mutation = message.response.value.response?.bodyMutation?.mutation;
    expectToBe(mutation?.$case, 'streamedResponse');
    expect([mutation.value.body.length, mutation.value.endOfStream]).toStrictEqual([0, true]);
  });
});

describe('encodeBlock', () => {
  const blockOf = (status: number, accept?: string, location?: string) => {
    const redirect = location === undefined ? {} : { location };
    const { response } = ProcessingResponse.decode(encodeBlock({ status, ...redirect, report, accept }));
    expectToBe(response?.$case, 'immediateResponse');
    return response.value;
  };

  it('carries status, page and details', () => {
    const block = blockOf(403);
    expect(block.status?.code).toBe(403);
    expectToBe(block.details, 'weir_block{rule_id=942100,phase=2}');
    const headers = block.headers?.setHeaders.map(({ header }) => [
      header?.key,
      Buffer.from(header?.rawValue ?? []).toString(),
    ]);
    expect(headers).toStrictEqual([
      ['content-type', 'text/html; charset=utf-8'],
      ['cache-control', 'no-store'],
    ]);
    expect(
      block.headers?.setHeaders.every(({ header }) => header?.value === ''),
      'never both value and raw_value',
    ).toBeTruthy();
  });

  it('carries the Location of a redirect', () => {
    const block = blockOf(302, undefined, 'https://login.example/?from=a%0Ab');
    const location = block.headers?.setHeaders.find(({ header }) => header?.key === 'location');
    expect(Buffer.from(location?.header?.rawValue ?? []).toString()).toBe('https://login.example/?from=a%0Ab');
    expect(location?.appendAction, 'in place of any other').toBe(2);
    expect(block.status?.code).toBe(302);
  });

  it('sends Retry-After to a client that was refused for overload', () => {
    const bytes = encodeBlock({
      status: 503,
      report: { ...report, cause: 'overload' },
      accept: '',
      retryAfterSeconds: 2,
    });
    const { response } = ProcessingResponse.decode(bytes);
    expectToBe(response?.$case, 'immediateResponse');
    const retry = response.value.headers?.setHeaders.find(({ header }) => header?.key === 'retry-after');
    expect(Buffer.from(retry?.header?.rawValue ?? []).toString()).toBe('2');
  });

  it('never turns an invalid status into 200', () => {
    for (const status of [0, 100, 199, 600, -1]) expect(blockOf(status).status?.code).toBe(403);
    expect(blockOf(503).status?.code).toBe(503);
  });
});

describe('detailsOf', () => {
  it('has no spaces, whatever the cause', () => {
    expect(detailsOf({ ...report, cause: 'limit.body' })).toBe('weir_block{cause=limit.body}');
    expect(detailsOf({ ...report, cause: 'a b\tc' })).not.toMatch(/\s/);
  });
});
