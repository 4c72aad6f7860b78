import { invalid, MeshError } from '@mesh/base';
import { decodeEntry, type NewConfigEntry } from '@mesh/config-entry';
import type { RuntimeConfig } from '../runtime-config.ts';
import type { SourceValues } from '../settings/decode-source.ts';
import type { Settings } from '../settings/settings.ts';
import type { ConfigEnvironment } from '../sources/environment.ts';
import { type Addresses, refuseClashes, resolveAddresses } from './addresses.ts';
import { crossCheck, refuseDuplicates } from './cross-checks.ts';
import { debugConfig } from './debug-config.ts';
import { deepFreeze } from './deep-freeze.ts';
import {
  checkSettings,
  dnsConfig,
  gossipConfig,
  httpConfig,
  joinConfig,
  logConfig,
  secretsConfig,
  telemetryConfig,
  timings,
} from './slices.ts';
import { warningsOf } from './warnings.ts';
import { parseWatch } from './watches.ts';

export interface BuildInput {
  readonly settings: Settings;
  readonly sources: readonly SourceValues[];
  readonly environment: ConfigEnvironment;
  /** Asked last, after everything else was found to be right: it may write a file. */
  readonly nodeId: () => string;
  /** Lines found while reading. */
  readonly warnings: readonly string[];
}

/**
 * The effective configuration of merged settings, deeply frozen.
 * @throws MeshError with a one-line message
 */
export function buildConfig(input: BuildInput): RuntimeConfig {
  const { settings, sources, environment } = input;
  crossCheck(settings);
  const interfaces = environment.interfaces();
  const addresses = resolveAddresses(settings, interfaces);
  refuseClashes(addresses, settings.flag('server'));
  const services = sources.flatMap((source) => source.services);
  const checks = sources.flatMap((source) => source.checks);
  refuseDuplicates('service', services);
  refuseDuplicates('check', checks);
  const identity = identityOf(settings, addresses, environment);
  const config: Omit<RuntimeConfig, 'debugConfig' | 'nodeId'> = {
    ...identity,
    dns: dnsConfig(settings, addresses, interfaces),
    http: httpConfig(settings, addresses),
    log: logConfig(settings),
    checkSettings: checkSettings(settings),
    services: services.map((one) => one.definition),
    checks: checks.map((one) => one.definition),
    watches: settings
      .list('watches')
      .map((one, at) => parseWatch(one as Record<string, unknown>, `watches[${at}]`)),
    ...timings(settings),
    ...lifeCycle(settings),
    telemetry: telemetryConfig(settings),
    join: joinConfig(settings),
    gossip: gossipConfig(settings, addresses),
    ...secretsConfig(settings),
    warnings: [...input.warnings, ...warningsOf(settings, identity.nodeName)],
  };
  const whole = { ...config, nodeId: input.nodeId() };
  return deepFreeze({ ...whole, debugConfig: debugConfig(settings, whole, addresses) });
}

function identityOf(settings: Settings, addresses: Addresses, environment: ConfigEnvironment) {
  const datacenter = settings.text('datacenter').toLowerCase();
  const expect = settings.number('bootstrap_expect');
  return {
    dev: settings.dev,
    server: settings.flag('server'),
    // Expecting one server is bootstrapping.
    bootstrap: settings.flag('bootstrap') || expect === 1,
    bootstrapExpect: expect === 1 ? 0 : expect,
    nodeName: settings.text('node_name') || environment.hostname(),
    datacenter,
    primaryDatacenter: settings.text('primary_datacenter').toLowerCase() || datacenter,
    nodeMeta: settings.textMap('node_meta'),
    taggedAddresses: addresses.tagged,
    segment: settings.text('segment'),
    dataDir: settings.dev ? '' : settings.text('data_dir'),
    bindAddress: addresses.bind,
    advertiseLan: addresses.advertiseLan,
    advertiseWan: addresses.advertiseWan,
    clientAddresses: addresses.client,
    ports: addresses.ports,
  };
}

function lifeCycle(settings: Settings) {
  const server = settings.flag('server');
  return {
    leaveOnTerminate: settings.isSet('leave_on_terminate')
      ? settings.flag('leave_on_terminate')
      : !server,
    skipLeaveOnInterrupt: settings.isSet('skip_leave_on_interrupt')
      ? settings.flag('skip_leave_on_interrupt')
      : server,
    pidFile: settings.text('pid_file'),
    disableCoordinates: settings.flag('disable_coordinates'),
    disableRemoteExec: settings.flag('disable_remote_exec'),
    enableDebug: settings.flag('enable_debug'),
    sidecarPorts: {
      min: settings.number('ports.sidecar_min_port'),
      max: settings.number('ports.sidecar_max_port'),
    },
    connectEnabled: settings.flag('connect.enabled'),
    connectCa: {
      provider: settings.text('connect.ca_provider') || 'consul',
      settings: settings.map('connect.ca_config'),
    },
    centralServiceConfig: settings.flag('enable_central_service_config'),
    configEntries: bootstrapEntries(settings.list('config_entries.bootstrap')),
    translateWanAddresses: settings.flag('translate_wan_addrs'),
  };
}

/** Throws `invalid-argument` with the number of the entry. */
function bootstrapEntries(values: readonly unknown[]): readonly NewConfigEntry[] {
  return values.map((value, at) => {
    try {
      return decodeEntry(value);
    } catch (thrown) {
      throw invalid(`config_entries.bootstrap[${at}]: ${MeshError.from(thrown).message}`);
    }
  });
}
