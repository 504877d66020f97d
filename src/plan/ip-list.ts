// Lists of addresses and networks, `10.0.0.0/8,::1`, as @ipMatch takes them. Knows no operator and no exchange.

import { BlockList, isIP } from 'node:net';
import { WafError } from '../base/errors.ts';

/** 4 or 6 for the text of an address, 0 for any other. An address with a zone, `fe80::1%eth0`, is none here. */
function addressFamily(text: string): number {
  return text.includes('%') ? 0 : isIP(text);
}

/** Addresses and networks of both families. */
export class IpList {
  // Two lists: in one, `::/0` would hold every IPv4 address too, as `::ffff:a.b.c.d`.
  readonly #ipv4 = new BlockList();
  readonly #ipv6 = new BlockList();

  /** @throws WafError `seclang.syntax` for an entry that is no address and no network. */
  add(entry: string): void {
    const [address = '', prefix, ...rest] = entry.split('/');
    const family = addressFamily(address);
    const bitsMax = family === 6 ? 128 : 32;
    const bits = prefix === undefined ? bitsMax : Number(prefix);
    const isPrefix = prefix === undefined || (/^\d{1,3}$/.test(prefix) && bits <= bitsMax);
    if (family === 0 || !isPrefix || rest.length > 0) {
      throw new WafError('seclang.syntax', `"${entry}" is neither an IP address nor a network`);
    }
    if (family === 6) this.#ipv6.addSubnet(address, bits, 'ipv6');
    else this.#ipv4.addSubnet(address, bits, 'ipv4');
  }

  /** Whether `text` is an address of the list; an IPv4 address may be written as IPv6, `::ffff:10.0.0.1`. */
  has(text: string): boolean {
    const family = addressFamily(text);
    if (family === 4) return this.#ipv4.check(text, 'ipv4');
    return family === 6 && (this.#ipv6.check(text, 'ipv6') || this.#ipv4.check(text, 'ipv6'));
  }
}

/**
 * Parses a list separated by commas or white space; `#` starts a comment that ends with its line.
 * @throws WafError `seclang.syntax` naming the first entry that is no address and no network.
 */
export function parseIpList(text: string): IpList {
  const list = new IpList();
  const entries = text.replace(/#[^\n]*/g, ' ').split(/[\s,]+/);
  for (const entry of entries) if (entry !== '') list.add(entry);
  return list;
}
