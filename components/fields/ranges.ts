import { BlockList, isIP } from "node:net";

import { z } from "zod";

/** Ranges of addresses, as network policies take them. Pure. */

interface Parsed {
  readonly family: "ipv4" | "ipv6";
  readonly address: string;
  readonly bits: number;
}

const WIDTH = { ipv4: 32, ipv6: 128 } as const;

function parse(text: string): Parsed | undefined {
  const [, address = "", length = ""] = /^([0-9A-Fa-f.:]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  const family = isIP(address) === 4 ? "ipv4" : isIP(address) === 6 ? "ipv6" : undefined;
  if (family === undefined || Number(length) > WIDTH[family] || /^::ffff:/i.test(address)) return undefined;
  return { family, address: normal(address, family), bits: Number(length) };
}

/** The one form in which the API server takes an address: IPv6 in lower case and shortened. */
function normal(address: string, family: Parsed["family"]): string {
  return family === "ipv4" ? address : new URL(`http://[${address}]`).hostname.slice(1, -1);
}

/** An address as one number. */
function toNumber(address: string, family: Parsed["family"]): bigint {
  if (family === "ipv4") return address.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [head = "", tail] = address.split("::");
  const groups = (text: string) => text.split(":").filter((group) => group !== "");
  const [before, after] = [groups(head), groups(tail ?? "")];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return [...before, ...zeros, ...after].reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

/** A range as the API server takes it; undefined when it is none, or when its address is inside of the range and not its first. */
function canonical(text: string): string | undefined {
  const range = parse(text);
  if (range === undefined) return undefined;
  const { family, address, bits } = range;
  const size = 1n << BigInt(WIDTH[family] - bits);
  return toNumber(address, family) % size === 0n ? `${address}/${String(bits)}` : undefined;
}

/** Whether an address is in one of some ranges. */
export function inRanges(address: string, ranges: readonly string[]): boolean {
  const list = new BlockList();
  for (const range of ranges.map(parse)) {
    if (range !== undefined) list.addSubnet(range.address, range.bits, range.family);
  }
  return list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

/** The address that a URL names and that is in none of some ranges; undefined where it is in one, or where the URL has a host's name. */
export function outsideOf(url: string, ranges: readonly string[]): string | undefined {
  const address = new URL(url).hostname.replace(/^\[|\]$/g, "");
  return isIP(address) !== 0 && !inRanges(address, ranges) ? address : undefined;
}

const CIDR = "a range of addresses that begins with its first one, such as 10.0.0.0/8 or fd00::/8";

/** An IPv4 or IPv6 range. */
export const cidr = z
  .string({ error: CIDR })
  .regex(/^[0-9A-Fa-f.:]{2,45}\/\d{1,3}$/, { error: CIDR, abort: true })
  .refine((text) => canonical(text) !== undefined, { error: CIDR })
  .transform((text) => canonical(text) ?? text);
