import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProcessingResponse } from '../../src/ext-proc/gen/envoy/service/ext_proc/v3/external_processor.ts';
import { chunkTicket, detailsOf, encodeBlock, headTicket, sendTicket } from '../../src/ext-proc/to-envoy.ts';
import type { Report } from '../../src/transaction/report.ts';

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

function sent(...args: [Parameters<typeof sendTicket>[0], Report | undefined]): ProcessingResponse[] {
  const messages: ProcessingResponse[] = [];
  sendTicket(...args, (bytes) => messages.push(ProcessingResponse.decode(Uint8Array.from(bytes))));
  return messages;
}

describe('sendTicket', () => {
  it('says "go on" in the place where the message came', () => {
    for (const direction of ['request', 'response'] as const) {
      assert.equal(sent(headTicket(direction, 'head'), undefined)[0]?.response?.$case, `${direction}Headers`);
      assert.equal(sent(headTicket(direction, 'trailers'), undefined)[0]?.response?.$case, `${direction}Trailers`);
      const chunk = chunkTicket({ direction, answer: 'continue', chunk: Buffer.from('x'), endOfStream: true });
      assert.equal(sent(chunk, undefined)[0]?.response?.$case, `${direction}Body`);
    }
  });

  it('adds the report as metadata under our name', () => {
    const [message] = sent(headTicket('request', 'head'), report);
    assert.equal(message?.response?.$case, 'requestHeaders');
    assert.deepEqual(message?.dynamicMetadata, {
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
    const ticket = chunkTicket({ direction: 'response', answer: 'echo', chunk: Buffer.alloc(0), endOfStream: true });
    const [message, ...more] = sent(ticket, undefined);
    assert.equal(more.length, 0);
    assert.ok(message?.response?.$case === 'responseBody');
    const mutation = message.response.value.response?.bodyMutation?.mutation;
    assert.ok(mutation?.$case === 'streamedResponse');
    assert.deepEqual([mutation.value.body.length, mutation.value.endOfStream], [0, true]);
  });
});

describe('encodeBlock', () => {
  const blockOf = (status: number, accept?: string, location?: string) => {
    const redirect = location === undefined ? {} : { location };
    const { response } = ProcessingResponse.decode(encodeBlock({ status, ...redirect, report, accept }));
    assert.ok(response?.$case === 'immediateResponse');
    return response.value;
  };

  it('carries status, page and details', () => {
    const block = blockOf(403);
    assert.equal(block.status?.code, 403);
    assert.equal(block.details, 'weir_block{rule_id=942100,phase=2}');
    const headers = block.headers?.setHeaders.map(({ header }) => [
      header?.key,
      Buffer.from(header?.rawValue ?? []).toString(),
    ]);
    assert.deepEqual(headers, [
      ['content-type', 'text/html; charset=utf-8'],
      ['cache-control', 'no-store'],
    ]);
    assert.ok(
      block.headers?.setHeaders.every(({ header }) => header?.value === ''),
      'never both value and raw_value',
    );
  });

  it('carries the Location of a redirect', () => {
    const block = blockOf(302, undefined, 'https://login.example/?from=a%0Ab');
    const location = block.headers?.setHeaders.find(({ header }) => header?.key === 'location');
    assert.equal(Buffer.from(location?.header?.rawValue ?? []).toString(), 'https://login.example/?from=a%0Ab');
    assert.equal(location?.appendAction, 2, 'in place of any other');
    assert.equal(block.status?.code, 302);
  });

  it('asks a client that was refused for overload to come back later', () => {
    const bytes = encodeBlock({
      status: 503,
      report: { ...report, cause: 'overload' },
      accept: '',
      retryAfterSeconds: 2,
    });
    const { response } = ProcessingResponse.decode(bytes);
    assert.ok(response?.$case === 'immediateResponse');
    const retry = response.value.headers?.setHeaders.find(({ header }) => header?.key === 'retry-after');
    assert.equal(Buffer.from(retry?.header?.rawValue ?? []).toString(), '2');
  });

  it('never lets a strange status become 200', () => {
    for (const status of [0, 100, 199, 600, -1]) assert.equal(blockOf(status).status?.code, 403);
    assert.equal(blockOf(503).status?.code, 503);
  });
});

describe('detailsOf', () => {
  it('has no blanks, whatever the cause', () => {
    assert.equal(detailsOf({ ...report, cause: 'limit.body' }), 'weir_block{cause=limit.body}');
    assert.doesNotMatch(detailsOf({ ...report, cause: 'a b\tc' }), /\s/);
  });
});
