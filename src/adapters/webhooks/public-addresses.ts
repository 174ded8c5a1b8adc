import { BlockList, isIP, isIPv4 } from 'node:net';

/**
 * IPv4 networks that are not the public internet: this host, private, carrier-grade NAT, loopback, link-local, protocol
 * assignments, documentation, relays, benchmarks, multicast, reserved and broadcast.
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 */
const SPECIAL_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/**
 * Only this block is given to hosts of the public internet. Outside are loopback, link-local and unique local addresses,
 * multicast, and addresses that contain an IPv4 address (mapped, and those of NAT64).
 */
const PUBLIC_IPV6 = ['2000::/3'];
/** Within `PUBLIC_IPV6`: protocol assignments and Teredo, documentation, 6to4. The latter contain IPv4 addresses. */
const SPECIAL_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const special = networks([...SPECIAL_IPV4, ...SPECIAL_IPV6]);
const publicIpv6 = networks(PUBLIC_IPV6);

/** Whether the address is one of a host of the public internet. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !special.check(address, 'ipv4');
  return isIP(address) === 6 && publicIpv6.check(address, 'ipv6') && !special.check(address, 'ipv6');
}

/** Whether the address is in one of these networks. */
export function isIn(list: BlockList, address: string): boolean {
  return list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

/** Networks such as `10.0.0.0/8`, or single addresses. @throws when an item is neither */
export function networks(items: readonly string[]): BlockList {
  const list = new BlockList();
  for (const item of items) {
    const [address = '', prefix] = item.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    list.addSubnet(address, prefix === undefined ? (family === 'ipv4' ? 32 : 128) : Number(prefix), family);
  }
  return list;
}
