import { readdir, readFile, statfs } from 'node:fs/promises';
import { hostname, release, uptime } from 'node:os';
import type { Clock } from '@mesh/base';

type Values = Readonly<Record<string, unknown>>;

/** Fields of the memory part and the /proc/meminfo lines that they show. */
const MEMORY_FIELDS: readonly (readonly [field: string, line: string])[] = [
  ['active', 'Active'],
  ['inactive', 'Inactive'],
  ['wired', ''],
  ['laundry', ''],
  ['buffers', 'Buffers'],
  ['cached', 'Cached'],
  ['writeback', 'Writeback'],
  ['dirty', 'Dirty'],
  ['writebacktmp', 'WritebackTmp'],
  ['shared', 'Shmem'],
  ['slab', 'Slab'],
  ['sreclaimable', 'SReclaimable'],
  ['sunreclaim', 'SUnreclaim'],
  ['pagetables', 'PageTables'],
  ['swapcached', 'SwapCached'],
  ['commitlimit', 'CommitLimit'],
  ['committedas', 'Committed_AS'],
  ['hightotal', 'HighTotal'],
  ['highfree', 'HighFree'],
  ['lowtotal', 'LowTotal'],
  ['lowfree', 'LowFree'],
  ['swaptotal', 'SwapTotal'],
  ['swapfree', 'SwapFree'],
  ['mapped', 'Mapped'],
  ['vmalloctotal', 'VmallocTotal'],
  ['vmallocused', 'VmallocUsed'],
  ['vmallocchunk', 'VmallocChunk'],
  ['hugepagestotal', 'HugePages_Total'],
  ['hugepagesfree', 'HugePages_Free'],
  ['hugepagesize', 'Hugepagesize'],
];

/**
 * What /v1/agent/host shows of the machine, from /proc (proc(5)). A part that cannot be read is null
 * and its reason stands in Errors.
 */
export async function collectHost(clock: Clock): Promise<Values> {
  const errors: string[] = [];
  const part = async (collect: () => Promise<unknown>): Promise<unknown> => {
    try {
      return await collect();
    } catch (error) {
      errors.push(error instanceof Error ? error.message : String(error));
      return null;
    }
  };
  const [memory, cpu, host, disk] = await Promise.all([
    part(memoryInfo),
    part(cpuInfo),
    part(() => hostInfo(clock)),
    part(diskInfo),
  ]);
  return {
    Memory: memory,
    CPU: cpu,
    Host: host,
    Disk: disk,
    CollectionTime: BigInt(Math.floor(clock.nowMs())) * 1_000_000n,
    Errors: errors.length > 0 ? errors : null,
  };
}

async function memoryInfo(): Promise<Values> {
  const lines = new Map<string, number>();
  for (const line of (await readFile('/proc/meminfo', 'utf8')).split('\n')) {
    const match = /^(\w+)(?:\(\w+\))?:\s+(\d+)( kB)?/.exec(line);
    if (match) lines.set(match[1]!, Number(match[2]) * (match[3] ? 1024 : 1));
  }
  const bytes = (name: string) => lines.get(name) ?? 0;
  const total = bytes('MemTotal');
  const free = bytes('MemFree');
  const used = total - free - bytes('Buffers') - bytes('Cached') - bytes('SReclaimable');
  return {
    total,
    available: bytes('MemAvailable'),
    used,
    usedPercent: total > 0 ? (100 * used) / total : 0,
    free,
    ...Object.fromEntries(MEMORY_FIELDS.map(([field, line]) => [field, bytes(line)])),
  };
}

async function cpuInfo(): Promise<readonly Values[]> {
  const blocks = (await readFile('/proc/cpuinfo', 'utf8')).trim().split('\n\n');
  return blocks.map((block, at) => {
    const fields = new Map<string, string>();
    for (const line of block.split('\n')) {
      const colon = line.indexOf(':');
      if (colon > 0) fields.set(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
    }
    const of = (name: string) => fields.get(name) ?? '';
    return {
      cpu: at,
      vendorId: of('vendor_id'),
      family: of('cpu family'),
      model: of('model'),
      stepping: Number(of('stepping')) || 0,
      physicalId: of('physical id'),
      coreId: of('core id'),
      cores: 1,
      modelName: of('model name'),
      mhz: Number(of('cpu MHz')) || 0,
      cacheSize: Number.parseInt(of('cache size'), 10) || 0,
      flags: of('flags').split(' ').filter(Boolean),
      microcode: of('microcode'),
    };
  });
}

async function hostInfo(clock: Clock): Promise<Values> {
  const uptimeS = Math.floor(uptime());
  const os = await osRelease();
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return {
    hostname: hostname(),
    uptime: uptimeS,
    bootTime: Math.floor(clock.nowMs() / 1000) - uptimeS,
    procs: processes.length,
    os: process.platform,
    platform: os.get('ID') ?? '',
    platformFamily: os.get('ID_LIKE') ?? os.get('ID') ?? '',
    platformVersion: os.get('VERSION_ID') ?? '',
    kernelVersion: release(),
    kernelArch: process.arch === 'x64' ? 'x86_64' : process.arch,
    virtualizationSystem: '',
    virtualizationRole: '',
    hostid: await readFile('/proc/sys/kernel/random/boot_id', 'utf8').then((id) => id.trim()),
  };
}

async function osRelease(): Promise<ReadonlyMap<string, string>> {
  const out = new Map<string, string>();
  for (const line of (await readFile('/etc/os-release', 'utf8')).split('\n')) {
    const match = /^(\w+)="?([^"]*)"?$/.exec(line);
    if (match) out.set(match[1]!, match[2]!);
  }
  return out;
}

async function diskInfo(): Promise<Values> {
  const disk = await statfs('/');
  const total = disk.blocks * disk.bsize;
  const free = disk.bavail * disk.bsize;
  const used = (disk.blocks - disk.bfree) * disk.bsize;
  const inodesUsed = disk.files - disk.ffree;
  return {
    path: '/',
    fstype: await rootFileSystem(),
    total,
    free,
    used,
    usedPercent: used + free > 0 ? (100 * used) / (used + free) : 0,
    inodesTotal: disk.files,
    inodesUsed,
    inodesFree: disk.ffree,
    inodesUsedPercent: disk.files > 0 ? (100 * inodesUsed) / disk.files : 0,
  };
}

async function rootFileSystem(): Promise<string> {
  const mounts = await readFile('/proc/self/mounts', 'utf8');
  const root = mounts.split('\n').find((line) => line.split(' ')[1] === '/');
  return root?.split(' ')[2] ?? '';
}
