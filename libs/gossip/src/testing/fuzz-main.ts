/** Child process of the fuzz tool: plays one seed, prints one line of JSON. */
import { parseArgs } from 'node:util';
import { readRecordedPackets } from './recorded-packets.ts';
import { WireFuzz } from './wire-fuzz.ts';

const { values } = parseArgs({
  options: {
    testdata: { type: 'string' },
    packets: { type: 'string' },
    seed: { type: 'string' },
  },
});

/** Inputs between two looks at the memory in use. */
const LOOK_EVERY = 10_000;

const fuzz = new WireFuzz(readRecordedPackets(values.testdata!), Number(values.seed));
const totals = { inputs: 0, accepted: 0, bytes: 0, worstMs: 0, worst: '', peakHeapMib: 0 };
let error: string | undefined;
try {
  while (totals.inputs < Number(values.packets)) {
    const { kind, inputBytes, isAccepted, decodeMs } = fuzz.next();
    totals.inputs++;
    totals.bytes += inputBytes;
    if (isAccepted) totals.accepted++;
    if (decodeMs > totals.worstMs) {
      totals.worstMs = decodeMs;
      totals.worst = `${kind} of ${inputBytes} bytes`;
    }
    if (totals.inputs % LOOK_EVERY === 0) {
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      totals.peakHeapMib = Math.max(totals.peakHeapMib, (heapUsed + arrayBuffers) / 2 ** 20);
    }
  }
} catch (thrown) {
  error = `input ${totals.inputs}: ${(thrown as Error).message}`;
}
console.log(JSON.stringify({ ...totals, error }));
