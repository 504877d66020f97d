import { describe, expect, it } from 'vitest';
import { limitsWith } from '../../src/base/limits.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { planOf, runExchange } from '../support/exchange.ts';

/** The verdict of one rule on a request. */
async function verdictOf(actions: string, target: string, defaults = ''): Promise<Record<string, unknown>> {
  const plan = await planOf(`${defaults}\nSecRule ARGS:go "@unconditionalMatch" "id:1,phase:1,log,${actions}"`);
  const { verdict } = runExchange(plan, { target }, [], { limits: limitsWith({ redirectBytesMax: 60 }) });
  closePlan(plan);
  const { status, location } = { location: undefined, status: undefined, ...verdict };
  return { status, location };
}

const url = 'https://login.example/?from=';

describe('redirect', () => {
  const cases: readonly (readonly [what: string, actions: string, go: string, status: number, location?: string])[] = [
    ['sends the client away with 302', `redirect:${url}`, '1', 302, url],
    ['keeps a status that redirects', `redirect:${url},status:307`, '1', 307, url],
    ['replaces a status that does not', `redirect:${url},status:403`, '1', 302, url],
    ['expands macros', `redirect:${url}%{ARGS.go}`, 'a-b', 302, `${url}a-b`],
    [
      'lets nobody begin a header',
      `redirect:${url}%{ARGS.go}`,
      '%0d%0aset-cookie:%20a=b',
      302,
      `${url}%0D%0Aset-cookie:%20a=b`,
    ],
    [
      'encodes NUL, DEL, quotes and bytes above 127',
      `redirect:${url}%{ARGS.go}`,
      '%00%7f%22%e9',
      302,
      `${url}%00%7F%22%E9`,
    ],
    ['keeps what is encoded', `redirect:${url}%{ARGS.go}`, '%2541[]', 302, `${url}%41[]`],
    ['denies when the URL is too long', `redirect:${url}%{ARGS.go}`, 'x'.repeat(100), 403],
    ['denies when encoding makes it too long', `redirect:${url}%{ARGS.go}`, '%20'.repeat(12), 403],
    ['denies when nothing is left of the URL', 'redirect:%{ARGS.nothing}', '1', 403],
  ];
  for (const [what, actions, go, status, location] of cases) {
    it(what, async () => {
      expect(await verdictOf(actions, `/?go=${go}`)).toStrictEqual({ status, location });
    });
  }

  it('is the effect of block if SecDefaultAction has it', async () => {
    const defaults = `SecDefaultAction "phase:1,log,redirect:${url},status:303"`;
    expect(await verdictOf('block', '/?go=1', defaults)).toStrictEqual({ status: 303, location: url });
    expect(await verdictOf('deny', '/?go=1', defaults)).toStrictEqual({ status: 403, location: undefined });
  });

  it('keeps the body value that its URL names', async () => {
    const plan = await planOf(`SecRule ARGS:go "@streq 1" "id:1,phase:2,redirect:${url}%{ARGS_POST.back}"`);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const { verdict } = runExchange(plan, { headers, body: 'back=here&go=1' });
    closePlan(plan);
    expect(verdict.kind === 'block' ? verdict.location : undefined).toBe(`${url}here`);
  });
});
