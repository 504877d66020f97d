// Lists of addresses and networks, `10.0.0.0/8,::1`, for @ipMatch. Knows no operator and no exchange.

import { BlockList, SocketAddress } from 'node:net';
import { toByteString, toBytes } from '../base/bytes.ts';
import { constants } from '../base/constants.ts';
import { WafError } from '../base/errors.ts';

/**
 * The family of a text if it is an address. An address with a zone, `fe80::1%eth0`, does not count, nor one followed by a NUL,
 * where `BlockList` would stop reading.
 */
function familyOf(text: string): 'ipv4' | 'ipv6' | undefined {
  if (!/^[0-9A-Fa-f:.]+$/.test(text)) return undefined;
  return text.includes(':') ? 'ipv6' : 'ipv4';
}

/** The result of `ask`, `undefined` if its text is not an address. (`net.isIP` takes 50 ms at its first call.) */
function unlessInvalid<Answer>(ask: () => Answer): Answer | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

/** IPv4 addresses written as IPv6 (RFC 4291 §2.5.5.2): the last 32 bits are the address. */
const mappedBits = 96;
const mapped = new BlockList();
mapped.addSubnet('::ffff:0:0', mappedBits, 'ipv6');

/** The longest text of an IPv6 address, an IPv4 address at its end (RFC 4291 §2.2). */
const addressLengthMax = 45;

/** Addresses and networks of both families. */
export class IpList {
  // Two lists: in a single one, `::/0` would include every IPv4 address too, as `::ffff:a.b.c.d`.
  readonly #ipv4 = new BlockList();
  readonly #ipv6 = new BlockList();
  /** Answers for addresses that were asked about: a client comes again, and `BlockList` makes an object of its address each time. */
  readonly #known = new Map<string, boolean>();

  /** @throws WafError `seclang.syntax` for an entry that is neither an address nor a network. */
  add(entry: string): void {
    const [address = '', prefix, ...rest] = entry.split('/');
    const family = familyOf(address);
    const bitsMax = family === 'ipv6' ? 128 : 32;
    const bits = prefix === undefined ? bitsMax : Number(prefix);
    const isPrefix = prefix === undefined || (/^\d{1,3}$/.test(prefix) && bits <= bitsMax);
    const isAdded =
      family !== undefined && isPrefix && rest.length === 0 && unlessInvalid(() => this.#add(address, bits, family));
    if (isAdded !== true) throw new WafError('seclang.syntax', `"${entry}" is neither an IP address nor a network`);
  }

  #add(address: string, bits: number, family: 'ipv4' | 'ipv6'): true {
    this.#known.clear();
    (family === 'ipv6' ? this.#ipv6 : this.#ipv4).addSubnet(address, bits, family);
    if (family === 'ipv6' && bits >= mappedBits && mapped.check(address, family)) {
      const [ipv4 = ''] = /[\d.]+$/.exec(new SocketAddress({ address, family }).address) ?? [];
      this.#ipv4.addSubnet(ipv4, bits - mappedBits, 'ipv4');
    }
    return true;
  }

  /** Whether `text` is an address in the list; IPv4 can be written as IPv6, `::ffff:10.0.0.1`, in the text and in the list. */
  has(text: string): boolean {
    if (text.length > addressLengthMax) return this.#holds(text);
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const answer = this.#holds(text);
    if (this.#known.size >= constants.knownAddressesMax) this.#known.clear();
    // A text by itself: V8 keeps all of a head alive for an address that was cut out of it.
    this.#known.set(toByteString(toBytes(text)), answer);
    return answer;
  }

  #holds(text: string): boolean {
    const family = familyOf(text);
    if (family === undefined) return false;
    const isListed = (): boolean =>
      family === 'ipv4'
        ? this.#ipv4.check(text, 'ipv4')
        : this.#ipv6.check(text, 'ipv6') || this.#ipv4.check(text, 'ipv6');
    return unlessInvalid(isListed) ?? false;
  }
}

/**
 * Adds the entries of a text, separated by commas or white space; `#` starts a comment that ends with the line.
 * @throws WafError `seclang.syntax` naming the first entry that is neither an address nor a network.
 */
export function addIpEntries(list: IpList, text: string): void {
  const entries = text.replace(/#[^\n]*/g, ' ').split(/[\s,]+/);
  for (const entry of entries) if (entry !== '') list.add(entry);
}

/** A list with the entries of a text; see `addIpEntries`. */
export function parseIpList(text: string): IpList {
  const list = new IpList();
  addIpEntries(list, text);
  return list;
}
