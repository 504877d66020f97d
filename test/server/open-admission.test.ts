import { expect, it } from 'vitest';
import { limitsWith } from '../../src/base/limits.ts';
import { openAdmission } from '../../src/server/open-admission.ts';

it('logs once why new exchanges are refused, and once that there is room again', () => {
  const said: unknown[] = [];
  const told: unknown[] = [];
  const admission = openAdmission(
    { limits: limitsWith({ exchangesMax: 1 }) },
    { warn: (text: unknown) => said.push(text) },
    (reason) => told.push(reason),
  );
  const exchanges = [{ heldBytes: 0 }, { heldBytes: 0 }];
  for (const exchange of exchanges) admission.opened(exchange);
  for (let count = 0; count < 2; count += 1) expect(admission.refuse(0)?.code).toBe('admission.overload');
  for (const exchange of exchanges) admission.closed(exchange);
  expect(told).toStrictEqual(['2 exchanges are under way, limit 1', undefined]);
  expect(said).toStrictEqual([
    'overloaded: new exchanges are handled by the policy for "overload": 2 exchanges are under way, limit 1',
    'there is room for new exchanges again, 2 were refused',
  ]);
});
