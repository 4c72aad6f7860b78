import type { HardState } from '../entry.ts';
import type { LogWrite } from '../log-store.ts';
import type { Message } from '../messages.ts';
import type { RaftLog } from './raft-log.ts';

/**
 * What leaves the core: messages to send at once, messages that promise something and so wait until
 * all that was changed before them is on stable storage, and the writes that bring it there.
 */
export class Outbox {
  private immediate: Message[] = [];
  private held: Message[] = [];
  private heldByWrite: Message[] = [];
  private hardStateDirty = false;
  private writing = false;
  private hardStateWriting = false;
  private readonly log: RaftLog;

  constructor(log: RaftLog) {
    this.log = log;
  }

  /** Sends now: for messages that promise nothing about this server's storage. */
  send(message: Message): void {
    this.immediate.push(message);
  }

  /** Sends once the present state is on stable storage (Raft paper 5: before responding to RPCs). */
  sendWhenStored(message: Message): void {
    this.held.push(message);
  }

  /** Term or vote changed. */
  touchHardState(): void {
    this.hardStateDirty = true;
  }

  get isWriting(): boolean {
    return this.writing;
  }

  /** Messages that may go now. */
  takeMessages(): readonly Message[] {
    if (this.held.length > 0 && !this.hardStateDirty && !this.log.isDirty) {
      // All that these promise is stored, or is in the write under way.
      if (this.writing) this.heldByWrite.push(...this.held);
      else this.immediate.push(...this.held);
      this.held = [];
    }
    const messages = this.immediate;
    this.immediate = [];
    return messages;
  }

  /** The next write; undefined when there is nothing to store or a write is under way. */
  takeWrite(hardState: HardState): LogWrite | undefined {
    if (this.writing || !(this.hardStateDirty || this.log.isDirty)) return undefined;
    const { truncateFrom, base, entries } = this.log.takeChange();
    this.writing = true;
    this.hardStateWriting = this.hardStateDirty;
    this.hardStateDirty = false;
    this.heldByWrite = this.held;
    this.held = [];
    return {
      // The commit hint rides along with whatever is written.
      hardState,
      ...(truncateFrom !== undefined && { truncateFrom }),
      ...(base && { base }),
      entries,
    };
  }

  /** The write is done: returns the messages that waited for it. */
  writeDone(): readonly Message[] {
    this.writing = false;
    this.log.stored();
    const released = this.heldByWrite;
    this.heldByWrite = [];
    return released;
  }

  /** The write was refused: it will be made again, and what waited goes on waiting. */
  writeRefused(): void {
    this.writing = false;
    this.log.refused();
    this.hardStateDirty ||= this.hardStateWriting;
    this.held = [...this.heldByWrite, ...this.held];
    this.heldByWrite = [];
  }

  /** Drops messages that wait, when the state that they speak of is gone. */
  dropHeld(): void {
    this.held = [];
  }
}
