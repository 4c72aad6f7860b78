import { SeededRandom } from '../../world/seeded-random.ts';
import { Geography } from './geography.ts';
import { Weather, type WeatherSettings } from './weather.ts';

function weatherOf(settings: Partial<WeatherSettings> = {}) {
  const geography = new Geography(new SeededRandom(1), { spreadMs: 20, accessMs: 2 });
  for (let place = 0; place < 4; place++) geography.settle();
  return { geography, weather: new Weather(new SeededRandom(2), geography, settings) };
}

/** Share of packets lost on a path, one every millisecond. */
function lossOf(weather: Weather, from: number, to: number, packets = 20_000): number {
  let lost = 0;
  for (let at = 0; at < packets; at++) if (weather.loses(from, to, at)) lost++;
  return lost / packets;
}

test('loses the share that it should, and nothing where nothing is lost', () => {
  expect(lossOf(weatherOf().weather, 0, 1)).toBe(0);
  expect(lossOf(weatherOf({ lossRatio: 0.05 }).weather, 0, 1)).toBeCloseTo(0.05, 2);
});

test('a spoilt place loses what comes in and what goes out, each its own share', () => {
  const { weather } = weatherOf();
  weather.spoil(0, { incoming: 0.3, outgoing: 0 });
  expect(lossOf(weather, 0, 1)).toBe(0);
  expect(lossOf(weather, 1, 0)).toBeCloseTo(0.3, 1);
  weather.spoil(1, { outgoing: 1 });
  expect(lossOf(weather, 1, 0)).toBe(1);
  weather.clear();
  expect(lossOf(weather, 1, 0)).toBe(0);
});

test('bursts lose many packets in a row, and a sender is in one as often as it should be', () => {
  const { weather } = weatherOf({ bursts: { everyMs: 900, lastMs: 100, lossRatio: 1 } });
  let runs = 0;
  let lost = 0;
  let wasLost = false;
  for (let at = 0; at < 200_000; at++) {
    const isLost = weather.loses(0, 1, at);
    if (isLost) lost++;
    if (isLost && !wasLost) runs++;
    wasLost = isLost;
  }
  expect(lost / 200_000).toBeGreaterThan(0.05);
  expect(lost / 200_000).toBeLessThan(0.16);
  expect(lost / runs).toBeGreaterThan(50);
});

test('cuts one direction of a path alone, and divides into sides', () => {
  const { weather } = weatherOf();
  weather.cut(0, 1);
  expect([weather.isOpen(0, 1), weather.isOpen(1, 0)]).toEqual([false, true]);
  weather.clear();
  weather.divide([
    [0, 1],
    [1, 1],
  ]);
  expect([weather.isOpen(0, 1), weather.isOpen(0, 2), weather.isOpen(2, 3)]).toEqual([
    true,
    false,
    true,
  ]);
  weather.divide([]);
  expect(weather.isOpen(0, 2)).toBe(true);
});

test('a packet takes half of the round trip at least, and about the jitter longer', () => {
  const { geography, weather } = weatherOf({ jitterRatio: 0.2, holdUpRatio: 0 });
  const least = geography.rttMs(0, 1) / 2;
  const delays = Array.from({ length: 5000 }, () => weather.delayMs(0, 1));
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(least);
  const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
  expect(mean / least).toBeCloseTo(1.2, 1);
});

test('round trips are distances: the same both ways, and no detour is shorter but for the last mile', () => {
  const { geography } = weatherOf();
  expect(geography.rttMs(0, 1)).toBe(geography.rttMs(1, 0));
  expect(geography.rttMs(0, 1)).toBeLessThan(geography.rttMs(0, 2) + geography.rttMs(2, 1));
});
