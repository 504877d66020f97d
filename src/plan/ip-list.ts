// Lists of addresses and networks, `10.0.0.0/8,::1`, as @ipMatch takes them.

import { BlockList, isIP } from 'node:net';
import { WafError } from '../base/errors.ts';

/**
 * Parses a list separated by commas or white space; `#` starts a comment that ends with its line.
 * @throws WafError `seclang.syntax` naming the first entry that is no address and no network.
 */
export function parseIpList(text: string): BlockList {
  const list = new BlockList();
  const entries = text
    .replace(/#[^\n]*/g, ' ')
    .split(/[\s,]+/)
    .filter((entry) => entry !== '');
  for (const entry of entries) {
    const [address = '', prefix, ...rest] = entry.split('/');
    const family = isIP(address);
    const bitsMax = family === 6 ? 128 : 32;
    const bits = prefix === undefined ? bitsMax : Number(prefix);
    const isPrefix = prefix === undefined || (/^\d{1,3}$/.test(prefix) && bits <= bitsMax);
    if (family === 0 || !isPrefix || rest.length > 0) {
      throw new WafError('seclang.syntax', `"${entry}" is neither an IP address nor a network`);
    }
    list.addSubnet(address, bits, family === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}
