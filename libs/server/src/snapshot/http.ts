import { snapshotRoutes } from '@mesh/api-contract';
import { type Logger, MeshError, type Platform } from '@mesh/base';
import {
  type BoundRoute,
  emptyReply,
  implement,
  PLAIN_READ,
  type Reply,
  type RequestContext,
  type Rpc,
} from '@mesh/resource';
import {
  type ArchiveMeta,
  META_VERSION,
  readArchive,
  Spool,
  writeArchive,
} from '@mesh/snapshot-archive';
import { snapshotIndex } from './endpoint.ts';
import { type StateToSend, sendState } from './send-state.ts';
import type { CapturedState, SavedPosition, SnapshotSource } from './snapshots.ts';

export interface SnapshotHttpParts {
  readonly rpc: Rpc;
  /** Of the server in this process. */
  readonly source: SnapshotSource;
  readonly platform: Pick<Platform, 'clock' | 'random'>;
  /** Named agent.http. */
  readonly logger: Logger;
  /** Where states that are too large for memory are kept meanwhile: the data folder, or a temporary one. */
  readonly spoolFolder: string;
}

/** Saves at the same time: each may need as much disk as the state has bytes. */
const MAX_SAVES = 4;

/** Handlers of /v1/snapshot. */
export function snapshotHttpRoutes(parts: SnapshotHttpParts): readonly BoundRoute[] {
  const handlers = new SnapshotHandlers(parts);
  return implement(snapshotRoutes, {
    save: (request) => handlers.save(request),
    restore: (request) => handlers.restore(request),
  });
}

class SnapshotHandlers {
  private readonly parts: SnapshotHttpParts;
  private saves = 0;
  private isRestoring = false;

  constructor(parts: SnapshotHttpParts) {
    this.parts = parts;
  }

  async save(request: RequestContext): Promise<Reply> {
    if (this.saves >= MAX_SAVES) {
      throw new MeshError('rate-limited', `${MAX_SAVES} snapshots are being saved already`);
    }
    const { rpc, source } = this.parts;
    const { knownLeader, lastContactMs } = await rpc.read(snapshotIndex, null, {
      ...request.readOptions,
      track: false,
    });
    const captured = source.capture();
    const meta = this.describe(captured, source.position());
    return {
      kind: 'stream',
      status: 200,
      contentType: 'application/x-gzip',
      meta: { index: captured.index, knownLeader, lastContactMs },
      run: (write, signal) => this.send(meta, captured, write, signal),
    };
  }

  async restore(request: RequestContext): Promise<Reply> {
    if (this.isRestoring) {
      throw new MeshError('rate-limited', 'another snapshot is being restored by this agent');
    }
    this.isRestoring = true;
    const { rpc, spoolFolder } = this.parts;
    const spool = new Spool({ folder: spoolFolder });
    try {
      // Who asks for another datacenter, or while there is no leader, need not send anything.
      const { datacenter, token } = request.writeOptions;
      await rpc.read(snapshotIndex, null, { ...PLAIN_READ, datacenter, token });
      await this.restoreThrough(spool, request);
      return emptyReply();
    } finally {
      this.isRestoring = false;
      await spool.dispose();
    }
  }

  /** All of it is read and verified before anything is written; what is kept of it is compressed. */
  private async restoreThrough(spool: Spool, request: RequestContext): Promise<void> {
    const { rpc, source, logger, platform } = this.parts;
    const { signal } = request;
    const body = request.bodyStream ?? wholeBody(request.body);
    const { maxStateBytes } = source;
    const glance = source.glance();
    const meta = await readArchive(keptIn(spool, body), {
      maxStateBytes,
      onState: (chunk) => glance.push(chunk),
    });
    glance.end();
    const state: StateToSend = {
      id: platform.random.uuid(),
      sizeBytes: meta.Size,
      feed: (push) =>
        readArchive(spool.read(), {
          maxStateBytes,
          onState: (chunk) => {
            requireWanted(signal);
            return push(chunk);
          },
        }),
    };
    const index = await sendState(rpc, source.endpoints, state, request.writeOptions);
    logger.info('snapshot restored', { id: meta.ID, index });
  }

  private describe({ index }: CapturedState, position: SavedPosition): Omit<ArchiveMeta, 'Size'> {
    const { term, servers, configurationIndex } = position;
    return {
      Version: META_VERSION,
      ID: `${term}-${index}-${this.parts.platform.clock.nowMs()}`,
      Index: index,
      Term: term,
      Configuration: {
        Servers: servers.map(({ id, address, suffrage }) => ({
          Suffrage: suffrage === 'voter' ? 0 : 1,
          ID: id,
          Address: address,
        })),
      },
      ConfigurationIndex: configurationIndex,
    };
  }

  private async send(
    described: Omit<ArchiveMeta, 'Size'>,
    { chunks }: CapturedState,
    write: (chunk: Uint8Array) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const { source, platform, spoolFolder } = this.parts;
    const spool = new Spool({ folder: spoolFolder });
    this.saves++;
    try {
      const content = {
        state: encoded(source, chunks, signal),
        spool,
        describe: (Size: number) => ({ ...described, Size }),
        nowMs: platform.clock.nowMs(),
      };
      for await (const chunk of writeArchive(content)) await write(chunk);
    } finally {
      this.saves--;
      await spool.dispose();
    }
  }
}

/** The chunks one by one, with a turn for others after each. */
async function* encoded(
  source: SnapshotSource,
  chunks: Iterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) {
    requireWanted(signal);
    yield chunk;
    await source.turn();
  }
}

async function* wholeBody(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}

/** The same bytes, which are in the spool as well once they were taken. */
async function* keptIn(
  spool: Spool,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    await spool.write(chunk);
    yield chunk;
  }
}

function requireWanted(signal: AbortSignal): void {
  if (signal.aborted) throw new MeshError('cancelled', 'the client went away');
}
