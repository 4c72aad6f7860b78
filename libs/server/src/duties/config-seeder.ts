import { type Component, type Logger, MeshError } from '@mesh/base';
import { type ApplyEntry, configEntryApply, type NewConfigEntry } from '@mesh/config-entry';
import type { WriteEndpoint } from '@mesh/resource';

export interface ConfigSeederOptions {
  /** config_entries.bootstrap of this server's configuration. */
  readonly entries: readonly NewConfigEntry[];
  /** Writes as the leader. */
  readonly write: (
    endpoint: WriteEndpoint<ApplyEntry, boolean>,
    args: ApplyEntry,
  ) => Promise<boolean>;
  readonly logger: Logger;
}

/** Leader duty: stores the configuration entries that its file names, where there are none of their names. */
export class ConfigSeeder implements Component {
  readonly name = 'config-seeder';
  private readonly options: ConfigSeederOptions;
  private reign = 0;

  constructor(options: ConfigSeederOptions) {
    this.options = options;
  }

  async start(): Promise<void> {
    void this.seed(++this.reign);
  }

  async stop(): Promise<void> {
    this.reign++;
  }

  private async seed(reign: number): Promise<void> {
    const { entries, write, logger } = this.options;
    for (const entry of entries) {
      if (reign !== this.reign) return;
      const name = `${entry.Kind}/${entry.Name}`;
      try {
        if (await write(configEntryApply, { entry, cas: 0 })) {
          logger.info('stored configuration entry', { name });
        }
      } catch (thrown) {
        const { message } = MeshError.from(thrown);
        logger.error('failed to store configuration entry', { name, error: message });
      }
    }
  }
}
