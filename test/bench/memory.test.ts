import { describe, expect, it } from 'vitest';
import { isRefusal } from '../../bench/load/memory.ts';

describe('isRefusal', () => {
  const complete = { end: 'complete', headers: [] } as const;
  const cases = [
    ['a page of 403', { ...complete, status: 403 }, true],
    ['no answer', { ...complete, status: 0 }, true],
    ['an answer that is cut', { ...complete, status: 200, end: 'cut' }, true],
    ['gRPC that was denied', { ...complete, status: 200, headers: [['grpc-status', '7']] }, true],
    ["gRPC's own success", { ...complete, status: 200, headers: [['grpc-status', '0']] }, false],
    ['gRPC that failed at the service', { ...complete, status: 200, headers: [['grpc-status', '13']] }, false],
    ["the service's answer", { ...complete, status: 200 }, false],
    ["the service's error", { ...complete, status: 500 }, false],
  ] as const;
  for (const [name, answer, isOne] of cases) {
    it(`is ${isOne} for ${name}`, () => expect(isRefusal(answer)).toBe(isOne));
  }
});
