import { join } from 'node:path';
import { readRecordedPackets } from '../testing/recorded-packets.ts';
import { WireFuzz } from '../testing/wire-fuzz.ts';

const recorded = readRecordedPackets(join(__dirname, '..', '..', 'testdata'));

it('refuses damaged messages by MeshError alone, and keeps what it accepts', () => {
  const fuzz = new WireFuzz(recorded, 1);
  const counts = { accepted: 0, refused: 0 };
  for (let left = 50_000; left > 0; left--)
    counts[fuzz.next().isAccepted ? 'accepted' : 'refused']++;
  // Neither outcome is rare: damage goes deep, and does not only meet the first check.
  expect(counts.accepted).toBeGreaterThan(5000);
  expect(counts.refused).toBeGreaterThan(5000);
}, 120_000);
