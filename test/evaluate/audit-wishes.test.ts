import { describe, expect, it } from 'vitest';
import { type AuditWishes, changedParts, defaultAuditWishes } from '../../src/evaluate/audit-wishes.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { planOf, runExchange } from '../support/exchange.ts';

async function wishesOf(rules: string, target = '/'): Promise<AuditWishes> {
  const plan = await planOf(`${rules}\nSecRule ARGS "@rx never" "id:99,phase:2,pass"\n`);
  try {
    return runExchange(plan, { target }).audit;
  } finally {
    closePlan(plan);
  }
}

describe('auditWishes', () => {
  it('are the defaults if nothing is set', async () => expect(await wishesOf('')).toStrictEqual(defaultAuditWishes));

  it('are those of the directives', async () => {
    const { engine, parts, relevantStatuses } = await wishesOf(
      'SecAuditEngine On\nSecAuditLogParts abz\nSecAuditLogRelevantStatus "^(?:5|4(?!04))"',
    );
    expect([engine, parts]).toStrictEqual(['On', 'ABZ']);
    expect(
      [400, 403, 404, 405, 499, 500, 599, 200, 302].filter((status) => relevantStatuses?.has(status)),
    ).toStrictEqual([400, 403, 405, 499, 500, 599]);
  });

  it('are changed by ctl, for one exchange', async () => {
    const rules = `SecAuditEngine RelevantOnly
SecRule ARGS:off "@streq 1" "id:1,phase:1,pass,nolog,ctl:auditEngine=Off"
SecRule ARGS:on "@streq 1" "id:2,phase:2,pass,nolog,ctl:auditEngine=on"
SecRule ARGS:parts "@streq 1" "id:3,phase:1,pass,nolog,ctl:auditLogParts=+E,ctl:auditLogParts=-B"`;
    expect((await wishesOf(rules, '/?off=1')).engine).toBe('Off');
    expect((await wishesOf(rules, '/?on=1')).engine).toBe('On');
    expect((await wishesOf(rules, '/?parts=1')).parts).toBe('AHZE');
    expect(await wishesOf(rules)).toStrictEqual(defaultAuditWishes);
  });

  it('must be something', async () => {
    for (const directive of ['SecAuditLogRelevantStatus "("', 'SecAuditLogParts ABX', 'SecAuditEngine Sometimes']) {
      await expect(wishesOf(directive), directive).rejects.toThrow(expect.objectContaining({ code: 'plan.invalid' }));
    }
  });
});

describe('changedParts', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['ABHZ', '+E', 'ABHZE'],
    ['ABHZ', '-bh', 'AZ'],
    ['ABHZ', 'AHZ', 'AHZ'],
  ];
  for (const [parts, change, expected] of cases) {
    it(`makes ${expected} of ${parts} with ${change}`, () => expect(changedParts(parts, change)).toBe(expected));
  }
});
