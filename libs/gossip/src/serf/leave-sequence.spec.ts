import { LeaveSequence } from './leave-sequence.ts';

function setUp(hasAudience = true) {
  const steps: string[] = [];
  let sent = () => {};
  const sequence = new LeaveSequence(
    {
      announce: (nowMs, onSent) => {
        steps.push(`announce ${nowMs}`);
        sent = onSent;
      },
      leaveSwim: (nowMs) => steps.push(`leave ${nowMs}`),
      finish: (nowMs) => steps.push(`finish ${nowMs}`),
      hasAudience: () => hasAudience,
    },
    { broadcastTimeoutMs: 5000, leavePropagateMs: 3000 },
  );
  return { steps, sequence, sent: () => sent() };
}

describe('LeaveSequence', () => {
  it('does nothing by itself', () => {
    const { steps, sequence } = setUp();
    sequence.advance(1_000_000);
    expect([steps, sequence.hasBegun]).toEqual([[], false]);
    expect(sequence.nextDeadlineMs).toBe(Number.POSITIVE_INFINITY);
  });

  it('announces, leaves and waits, each after the other', () => {
    const { steps, sequence, sent } = setUp();
    sequence.begin(100);
    sequence.advance(200);
    expect([steps.splice(0), sequence.nextDeadlineMs]).toEqual([['announce 100'], 5100]);
    sent();
    sequence.advance(300);
    expect([steps.splice(0), sequence.nextDeadlineMs]).toEqual([['leave 300'], 5300]);
    sequence.swimLeft();
    sequence.advance(400);
    expect([steps.splice(0), sequence.nextDeadlineMs]).toEqual([[], 3400]);
    sequence.advance(3399);
    expect(steps).toEqual([]);
    sequence.advance(3400);
    expect([steps, sequence.nextDeadlineMs]).toEqual([['finish 3400'], Number.POSITIVE_INFINITY]);
  });

  it('waits for no step longer than its limit', () => {
    const { steps, sequence } = setUp();
    sequence.begin(0);
    for (const nowMs of [4999, 5000, 9999, 10_000, 12_999, 13_000]) sequence.advance(nowMs);
    expect(steps).toEqual(['announce 0', 'leave 5000', 'finish 13000']);
  });

  it('does not wait where nobody listens', () => {
    const { steps, sequence } = setUp(false);
    sequence.begin(7);
    sequence.swimLeft();
    sequence.advance(7);
    expect(steps).toEqual(['announce 7', 'leave 7', 'finish 7']);
  });

  it('begins and ends once', () => {
    const { steps, sequence } = setUp(false);
    for (let times = 0; times < 3; times += 1) {
      sequence.begin(7);
      sequence.swimLeft();
      sequence.advance(7);
    }
    expect(steps).toHaveLength(3);
  });
});
