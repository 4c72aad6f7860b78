import { timestamp } from './timestamp.ts';

describe('timestamp', () => {
  it('is what the platform says, over centuries', () => {
    const step = 86_400_000 * 13 + 4_567_891;
    for (let ms = -1e12; ms < 8e12; ms += step * 10) {
      expect(timestamp(ms)).toBe(new Date(ms).toISOString());
    }
  });

  it('knows leap days', () => {
    for (const day of ['2000-02-29', '2024-02-29', '2100-02-28', '2100-03-01', '2026-12-31']) {
      const text = `${day}T23:59:59.999Z`;
      expect(timestamp(Date.parse(text))).toBe(text);
    }
  });
});
