import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own, in memory, that can be filled without harm to others. Needs root. */
export class SmallDisk {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Mounts one of `sizeMiB`. Where that is not permitted: undefined and a line that says so; under
   * CI=true it throws.
   */
  static mount(sizeMiB: number): SmallDisk | undefined {
    const path = mkdtempSync(join(tmpdir(), 'mesh-disk-'));
    const args = ['-t', 'tmpfs', '-o', `size=${sizeMiB}m,mode=0700`, 'mesh-test', path];
    const { status, stderr, error } = spawnSync('mount', args, { encoding: 'utf8' });
    if (status === 0) return new SmallDisk(path);
    rmdirSync(path);
    const why = `cannot mount a tmpfs: ${error?.message ?? stderr.trim()}`;
    if (process.env['CI'] === 'true') throw new Error(why);
    process.stderr.write(`skipped: ${why}\n`);
    return undefined;
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.path);
    return bavail * bsize;
  }

  /** Occupies all but `leaveBytes` with a file of nothing. */
  occupy(leaveBytes: number): void {
    const bytes = this.freeBytes - leaveBytes;
    if (bytes > 0) writeFileSync(join(this.path, 'ballast'), Buffer.alloc(bytes));
  }

  /** Gives back what `occupy` took. */
  release(): void {
    rmSync(join(this.path, 'ballast'), { force: true });
  }

  unmount(): void {
    // Lazily: a process that still ends must not keep the mount.
    spawnSync('umount', ['-l', this.path]);
    rmSync(this.path, { recursive: true, force: true });
  }
}
