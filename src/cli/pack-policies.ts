// The policies for packs that a command line and a configuration file name. Knows no command.

import { readLock } from '../pack/lock-file.ts';
import type { PackOptions } from '../pack/open-pack.ts';
import { readTrustPolicy } from '../pack/trust.ts';
import type { PackPolicyOptions } from './pack-options.ts';

/**
 * The policies from the options, read each time; options override the configuration file.
 * @throws WafError `config.invalid` for a file with problems.
 */
export function packsOf(
  { allowDowngrade, allowExpired, ...options }: PackPolicyOptions,
  configured: { readonly trust?: string | undefined; readonly lock?: string | undefined } = {},
): PackOptions {
  const trust = options.trust ?? configured.trust;
  const lock = options.lock ?? configured.lock;
  return {
    ...(trust === undefined ? {} : { trust: readTrustPolicy(trust) }),
    ...(lock === undefined ? {} : { lock: readLock(lock, { isOptional: false }) }),
    ...(allowDowngrade === true ? { allowDowngrade } : {}),
    ...(allowExpired === true ? { allowExpired } : {}),
  };
}
