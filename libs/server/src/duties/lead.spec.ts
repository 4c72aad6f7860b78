import { type Component, noMetrics, silentLogger } from '@mesh/base';
import { LeaderWatch } from '../rpc/leader-watch.ts';
import { FakeCluster, FakeConsensus } from '../testing/fake-consensus.ts';
import { settle } from '../testing/manual-platform.ts';
import { Lead } from './lead.ts';

let cluster: FakeCluster;
let one: FakeConsensus;
let two: FakeConsensus;
let watch: LeaderWatch;
let events: string[];
let lines: string[];

/** Tells when it starts and stops; starting may take until it is let go on. */
class Duty implements Component {
  goOn = () => {};
  readonly name: string;
  private readonly isSlow: boolean;

  constructor(name: string, isSlow = false) {
    this.name = name;
    this.isSlow = isSlow;
  }

  async start(): Promise<void> {
    events.push(`start ${this.name}`);
    if (this.isSlow) {
      await new Promise<void>((resolve) => {
        this.goOn = resolve;
      });
    }
  }

  async stop(): Promise<void> {
    events.push(`stop ${this.name}`);
    this.goOn();
  }
}

function lead(...duties: readonly Component[]): Lead {
  return new Lead({
    watch,
    duties,
    metrics: noMetrics,
    onLead: () => lines.push('told'),
    logger: {
      ...silentLogger,
      info: (message, fields) => lines.push(`${message} ${fields?.payload ?? ''}`.trim()),
      error: (message) => lines.push(message),
    },
  });
}

beforeEach(async () => {
  events = [];
  lines = [];
  cluster = new FakeCluster();
  one = new FakeConsensus('one', 'one:8300', cluster);
  two = new FakeConsensus('two', 'two:8300', cluster);
  watch = new LeaderWatch(one);
  await watch.start();
});

it('duties start in order and stop in reverse, in the turn in which the lead is lost', async () => {
  const component = lead(new Duty('a'), new Duty('b'));
  await component.start();
  expect(events).toEqual([]);
  cluster.elect(one);
  await settle();
  expect(events).toEqual(['start a', 'start b']);
  cluster.elect(two);
  expect(events.slice(2)).toEqual(['stop b', 'stop a']);
  await settle();
  cluster.elect(one);
  await settle();
  await component.stop();
  expect(events.slice(4)).toEqual(['start a', 'start b', 'stop b', 'stop a']);
  cluster.elect(two);
  cluster.elect(one);
  await settle();
  expect(events).toHaveLength(8);
});

it('tells that it leads, and that it does no more', async () => {
  await lead().start();
  cluster.elect(one);
  cluster.elect(two);
  cluster.depose();
  cluster.elect(two);
  expect(lines).toEqual(['cluster leadership acquired', 'told', 'cluster leadership lost']);
});

it('what has not started by then does not start', async () => {
  const slow = new Duty('slow', true);
  const component = lead(slow, new Duty('late'));
  await component.start();
  cluster.elect(one);
  await settle();
  cluster.depose();
  await settle();
  expect(events).toEqual(['start slow', 'stop slow']);
  await component.stop();
});

it('a reign of no length starts nothing; the next one waits for the last to end', async () => {
  const slow = new Duty('slow', true);
  const component = lead(slow, new Duty('fast'));
  await component.start();
  cluster.elect(one);
  cluster.depose();
  await settle();
  expect(events).toEqual([]);
  cluster.elect(one);
  await settle();
  cluster.depose();
  cluster.elect(one);
  await settle();
  slow.goOn();
  await settle();
  expect(events).toEqual(['start slow', 'stop slow', 'start slow', 'start fast']);
  await component.stop();
});

it('a duty that cannot start does not keep the others from it', async () => {
  const broken = new Duty('broken');
  broken.start = () => Promise.reject(new Error('no'));
  const component = lead(broken, new Duty('fine'));
  await component.start();
  cluster.elect(one);
  await settle();
  expect(events).toEqual(['start fine']);
  expect(lines).toContain('leader duty failed to start');
  await component.stop();
});

it('a restart stops all and starts all once, whether they had started or not', async () => {
  const component = lead(new Duty('a'), new Duty('b'));
  await component.start();
  component.restart();
  expect(events).toEqual([]);
  cluster.elect(one);
  await settle();
  component.restart();
  await settle();
  expect(events).toEqual(['start a', 'start b', 'stop b', 'stop a', 'start a', 'start b']);
  expect(lines).not.toContain('cluster leadership lost');
  await component.stop();
});

it('a restart while duties are starting starts none of them twice', async () => {
  const slow = new Duty('slow', true);
  const component = lead(slow, new Duty('late'));
  await component.start();
  cluster.elect(one);
  await settle();
  component.restart();
  await settle();
  slow.goOn();
  await settle();
  expect(events).toEqual(['start slow', 'stop slow', 'start slow', 'start late']);
  cluster.depose();
  expect(events.slice(4)).toEqual(['stop late', 'stop slow']);
  await component.stop();
});
