import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { listenProblem } from '../../src/base/listen-problem.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-listen-problem-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The problem of listening at an address, as the system reports it. */
function problemOf(
  where: { readonly path: string } | { readonly host: string; readonly port: number },
): Promise<unknown> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', resolve);
    server.listen(where, () => server.close(() => resolve(undefined)));
  });
}

describe('listenProblem', () => {
  it('reports that a folder is missing, whatever error the system has', async () => {
    const path = join(folder, 'none', 'weir.sock');
    const problem = listenProblem(`unix:${path}`, await problemOf({ path }));
    expect(problem).toMatch(/^there is no folder \S+\/none \(E(?:ACCES|NOENT)\)$/);
  });

  it('reports that this machine has no such address', async () => {
    const problem = listenProblem('192.0.2.1:1', await problemOf({ host: '192.0.2.1', port: 0 }));
    expect(problem).toBe('this machine has no such address (EADDRNOTAVAIL)');
  });

  const texts: readonly (readonly [address: string, error: unknown, sentence: string])[] = [
    ['127.0.0.1:80', new Error('none of 1: [listen EADDRINUSE: in use]'), 'another process listens there (EADDRINUSE)'],
    ['127.0.0.1:80', Object.assign(new Error('no'), { code: 'EACCES' }), 'permission denied (EACCES)'],
    ['unix:/', Object.assign(new Error('no'), { code: 'EINVAL' }), 'its name is too long for a socket (EINVAL)'],
    ['x:1', new Error('something else'), 'something else'],
    ['x:1', undefined, 'undefined'],
  ];
  for (const [address, error, sentence] of texts) {
    it(`says "${sentence}"`, () => expect(listenProblem(address, error)).toBe(sentence));
  }
});
