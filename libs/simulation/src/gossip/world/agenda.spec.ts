import { SeededRandom } from '../../world/seeded-random.ts';
import { Agenda } from './agenda.ts';

test('things happen in order of their time, and of equal times in order of entry', () => {
  const agenda = new Agenda();
  const random = new SeededRandom(1);
  const entered = Array.from({ length: 2000 }, (_, at) => ({ atMs: random.whole(0, 200), at }));
  const happened: typeof entered = [];
  for (const entry of entered) {
    agenda.at(entry.atMs, () => {
      expect(agenda.nowMs).toBe(entry.atMs);
      happened.push(entry);
    });
  }
  agenda.run(1000);
  expect(happened).toEqual([...entered].sort((a, b) => a.atMs - b.atMs || a.at - b.at));
  expect([agenda.nowMs, agenda.count, agenda.length]).toEqual([1000, 2000, 0]);
});

test('what happens may enter more, and the past is now', () => {
  const agenda = new Agenda();
  const told: string[] = [];
  agenda.at(10, () => {
    agenda.at(5, () => told.push(`late at ${agenda.nowMs}`));
    agenda.after(3, () => told.push(`after at ${agenda.nowMs}`));
  });
  agenda.run(12);
  expect(told).toEqual(['late at 10']);
  agenda.run(13);
  expect(told).toEqual(['late at 10', 'after at 13']);
});

test('stops as soon as it is over', () => {
  const agenda = new Agenda();
  for (let at = 1; at <= 5; at++) agenda.at(at, () => {});
  agenda.run(100, () => agenda.count === 2);
  expect([agenda.nowMs, agenda.length]).toEqual([2, 3]);
});
