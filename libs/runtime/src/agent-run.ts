import { type Logger, MeshError, type Platform } from '@mesh/base';
import { diffReload, type LoadedConfig, loadConfig, type RuntimeConfig } from '@mesh/config';
import {
  createLogHub,
  createStreamSink,
  type FileSink,
  type LogHub,
  openFileSink,
} from '@mesh/logging';
import { agentBanner } from './banner.ts';
import { writePidFile } from './pid-file.ts';
import { onSignals, type SignalAction } from './process-signals.ts';
import type { ProcessActions, Root } from './roots/agent-services.ts';
import { startAll, stopAll } from './run.ts';
import { VERSION } from './version.ts';

/** What a graceful leave may take beyond leave_drain_time before it counts as failed, milliseconds. */
const LEAVE_GRACE_MS = 10_000;
/** Time for the answer of /v1/agent/leave to go out before listeners close, milliseconds. */
const ANSWER_GRACE_MS = 50;

/** Builds an agent of one kind; nothing happens before its components are started. */
export type CreateRoot = (
  config: RuntimeConfig,
  platform: Platform,
  logHub: LogHub,
  actions: ProcessActions,
) => Root;

/** One life of an agent process: start, signals, reload, leave, stop. */
export class AgentRun {
  private loaded: LoadedConfig;
  private readonly root: Root;
  private readonly hub: LogHub;
  private readonly logger: Logger;
  private readonly logFile: FileSink | undefined;
  private readonly argv: readonly string[];
  private readonly platform: Platform;
  private leaving: Promise<void> | undefined;
  private finish: (code: number) => void = () => {};

  constructor(
    argv: readonly string[],
    loaded: LoadedConfig,
    platform: Platform,
    createRoot: CreateRoot,
  ) {
    this.argv = argv;
    this.loaded = loaded;
    this.platform = platform;
    const { log } = loaded.config;
    this.hub = createLogHub({
      level: log.level,
      json: log.json,
      clock: platform.clock,
      ...createStreamSink(process.stdout, platform.timers),
    });
    this.logger = this.hub.logger('agent');
    this.logFile = this.openLogFile();
    this.root = createRoot(loaded.config, platform, this.hub, {
      leave: () => this.leaveByRequest(),
      reload: () => this.reload(),
      fail: (error) => {
        this.logger.error('agent cannot go on', { error });
        this.finish(1);
      },
    });
  }

  /** Runs until told to stop; resolves with the exit code. */
  async run(): Promise<number> {
    const { config } = this.loaded;
    process.stdout.write(`==> Starting Consul agent...\n${agentBanner(config, VERSION)}`);
    const removePidFile = writePidFile(config.pidFile);
    const ended = new Promise<number>((resolve) => {
      this.finish = resolve;
    });
    const stopSignals = onSignals((action, signal) => this.onSignal(action, signal));
    try {
      for (const warning of config.warnings) this.logger.warn(warning);
      if (config.log.syslog) {
        this.logger.warn('enable_syslog is not part of this build; use log_file or the output');
      }
      await startAll(this.root.components);
      this.hub.notice('==> Consul agent running!');
      const code = await ended;
      await this.shutDown();
      this.logger.info('Exit code', { code });
      return code;
    } catch (thrown) {
      const error = MeshError.from(thrown);
      this.logger.error('Error starting agent', { error: error.message });
      throw error;
    } finally {
      stopSignals();
      removePidFile();
      await this.hub.flush();
      this.logFile?.close();
    }
  }

  private openLogFile(): FileSink | undefined {
    const { log } = this.loaded.config;
    if (log.file === '') return undefined;
    try {
      const sink = openFileSink({ ...log, clock: this.platform.clock });
      this.hub.addSink((text) => sink.write(text));
      return sink;
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new MeshError('invalid-argument', `log_file: cannot open "${log.file}": ${why}`);
    }
  }

  private async shutDown(): Promise<void> {
    this.logger.info('Requesting shutdown');
    await stopAll(this.root.components, this.logger);
    this.logger.info('Endpoints down');
  }

  private onSignal(action: SignalAction, signal: string): void {
    this.logger.info('Caught', { signal });
    if (action === 'reload') {
      this.reload().catch((error) => this.logger.error('Reload config failed', { error }));
      return;
    }
    const { skipLeaveOnInterrupt, leaveOnTerminate } = this.loaded.config;
    const graceful = action === 'interrupt' ? !skipLeaveOnInterrupt : leaveOnTerminate;
    if (this.leaving || !graceful) {
      this.logger.info('Graceful shutdown disabled. Exiting');
      this.finish(1);
      return;
    }
    this.logger.info('Gracefully shutting down agent...');
    this.leave().then(
      () => this.finish(0),
      () => this.finish(1),
    );
  }

  /** Leaves the pools; a second call joins the first. Rejects when it takes too long. */
  private leave(): Promise<void> {
    this.leaving ??= new Promise((resolve, reject) => {
      const limitMs = this.loaded.config.leaveDrainTimeMs + LEAVE_GRACE_MS;
      const timer = this.platform.timers.after(limitMs, () =>
        reject(new MeshError('unavailable', 'leaving took too long')),
      );
      this.root
        .leave()
        .then(resolve, reject)
        .finally(() => timer.cancel());
    });
    return this.leaving;
  }

  private async leaveByRequest(): Promise<void> {
    await this.leave();
    this.platform.timers.after(ANSWER_GRACE_MS, () => this.finish(0));
  }

  /** Reads the configuration anew and applies what can be; throws MeshError and changes nothing if it is bad. */
  private async reload(): Promise<void> {
    this.logger.info('Reloading configuration...');
    const next = loadConfig({
      argv: this.argv,
      random: this.platform.random,
      nodeId: this.loaded.config.nodeId,
    });
    const changes = diffReload(this.loaded, next);
    for (const warning of next.config.warnings) this.logger.warn(warning);
    if (changes.restart.length > 0) {
      this.logger.warn('changed keys take effect at the next start', { keys: changes.restart });
    }
    await this.root.reload(next.config);
    this.loaded = next;
  }
}
