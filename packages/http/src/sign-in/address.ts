import { isIPv6 } from 'node:net'

/**
 * What starts from this address are counted under. Whoever has one IPv6 address has the whole /64 around it, so that
 * counts as one; an IPv4 address written as IPv6 is the IPv4 address. Anything else, such as a hash, counts as it is.
 */
export function countedAddress(address: string | undefined): string {
  if (!address) return 'unknown'
  const bare = address.replace(/^\[(.+)\](:\d+)?$/, '$1').replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
  const ip = bare.replace(/%.*$/, '')
  return isIPv6(ip) ? prefixOf(groupsOf(ip)) : bare
}

/** The eight groups of an IPv6 address, in the one way that URLs write them. */
function groupsOf(ip: string): string[] {
  const canonical = new URL(`http://[${ip}]/`).hostname.slice(1, -1)
  const [head = [], tail = []] = canonical.split('::').map((part) => part.split(':').filter((group) => group !== ''))
  return [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail]
}

function prefixOf(groups: readonly string[]): string {
  if (groups.slice(0, 6).join(':') !== '0:0:0:0:0:ffff') return `${groups.slice(0, 4).join(':')}::/64`
  const bytes = groups.slice(6).flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff])
  return bytes.join('.')
}
