import type { Platform } from '@mesh/base';
import type { DnsConfig } from '@mesh/config';
import type { DnsSettings } from '@mesh/dns';

/** A platform whose time stands still until it is told to go on; its randomness is the same each run. */
export interface TestPlatform extends Platform {
  /** Moves the clocks and fires what is due. */
  advance(ms: number): void;
  readonly pendingTimers: number;
}

export function testPlatform(): TestPlatform {
  let nowMs = 1000;
  let state = 1;
  const pending = new Map<object, { readonly atMs: number; readonly callback: () => void }>();
  const float = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  return {
    clock: { nowMs: () => 1_600_000_000_000 + nowMs, monotonicMs: () => nowMs },
    timers: {
      after(delayMs, callback) {
        const key = {};
        pending.set(key, { atMs: nowMs + delayMs, callback });
        return { cancel: () => pending.delete(key) };
      },
    },
    random: {
      float,
      bytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(float() * 256)),
      uuid: () => '',
    },
    advance(ms) {
      nowMs += ms;
      for (const [key, { atMs, callback }] of [...pending]) {
        if (atMs > nowMs || !pending.delete(key)) continue;
        callback();
      }
    },
    get pendingTimers() {
      return pending.size;
    },
  };
}

/** A platform with the real clocks, for tests that wait for the network. */
export function realPlatform(): Platform {
  return {
    ...testPlatform(),
    clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
    timers: {
      after(delayMs, callback) {
        const timer = setTimeout(callback, delayMs);
        return { cancel: () => clearTimeout(timer) };
      },
    },
  };
}

/** The defaults of the agent, with changes. */
export function testConfig(changes: Partial<DnsConfig> = {}): DnsConfig {
  return {
    domain: 'consul.',
    altDomain: '',
    listen: [{ kind: 'tcp', host: '127.0.0.1', port: 0 }],
    allowStale: true,
    maxStaleMs: 0,
    nodeTtlMs: 0,
    serviceTtlMs: {},
    onlyPassing: false,
    enableTruncate: false,
    udpAnswerLimit: 3,
    aRecordLimit: 0,
    disableCompression: false,
    nodeMetaTxt: true,
    recursors: [],
    recursorTimeoutMs: 1000,
    soa: { refreshS: 3600, retryS: 600, expireS: 86400, minTtlS: 0 },
    ...changes,
  };
}

/** What a server makes of that configuration. */
export function testSettings(changes: Partial<DnsSettings> = {}): DnsSettings {
  return { ...testConfig(), datacenter: 'dc1', translateWanAddresses: false, ...changes };
}
