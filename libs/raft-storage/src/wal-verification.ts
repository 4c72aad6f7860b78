import { damaged } from './damage.ts';
import { readWalMark, type WalPoint } from './wal-mark.ts';
import { scanWal, type WalScan } from './wal-scan.ts';

/** The files of a log. */
export interface LogFiles {
  readonly database: string;
  readonly wal: string;
  readonly walIndex: string;
  readonly mark: string;
}

/**
 * Judges the write-ahead log before SQLite opens it and drops what does not fit. A torn tail is what a
 * crash leaves. Anything else that is missing was acknowledged: throws MeshError `unavailable`.
 */
export function verifyWal({ wal, mark }: LogFiles): void {
  const scan = scanWal(wal);
  const point = readWalMark(mark);
  const claimed = point && point.frames > 0 ? point : undefined;
  if (scan.kind === 'bad-header') throw damaged(wal, 'its header is not what was written');
  if (scan.kind === 'empty') {
    if (claimed) throw damaged(wal, `it is missing or empty, it had ${claimed.frames} frames`);
    return;
  }
  const sameLife =
    claimed?.salts.first === scan.salts.first && claimed.salts.second === scan.salts.second;
  if (claimed && !sameLife && !isLater(scan, claimed)) {
    throw damaged(wal, 'it is not the one that belongs to the database');
  }
  if (claimed && sameLife && scan.committed < claimed.frames) {
    const what = `only ${scan.committed} of ${claimed.frames} frames are what was written`;
    throw damaged(wal, what);
  }
  if (scan.brokenBefore !== undefined && !(sameLife && claimed?.hasLeftovers)) {
    throw damaged(
      wal,
      `frame ${scan.brokenBefore} is not what was written, and later ones are there`,
    );
  }
}

/** SQLite counts the first salt up whenever a log starts over, which it does when all of it is copied. */
function isLater(scan: WalScan & { kind: 'frames' }, { salts }: WalPoint): boolean {
  const ahead = (scan.salts.first - salts.first) >>> 0;
  return ahead > 0 && ahead < 2 ** 31;
}
