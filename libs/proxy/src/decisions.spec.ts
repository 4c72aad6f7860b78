import type { Intention } from '@mesh/api-contract';
import { Decisions, type Verdict } from './decisions.ts';

type Row = readonly [source: string, action: 'allow' | 'deny'];

function intentions(...rows: readonly Row[]): readonly Intention[] {
  return rows.map(([SourceName, Action]) => ({
    ...{ SourceNS: 'default', SourceName, Action },
    ...{ DestinationNS: 'default', DestinationName: 'db' },
  })) as unknown as readonly Intention[];
}

function source(service: string, datacenter = 'dc1') {
  return { trustDomain: 'x.consul', namespace: 'default', datacenter, service };
}

const BY_DEFAULT: Verdict = { isAllowed: true, isDefault: true };

describe('who may connect', () => {
  let asked: string[];
  let answer: (service: string) => Promise<Verdict>;
  let decisions: Decisions;
  beforeEach(() => {
    asked = [];
    answer = async () => BY_DEFAULT;
    decisions = new Decisions({
      ask: ({ service }) => {
        asked.push(service);
        return answer(service);
      },
    });
  });

  it('the first intention that matches says, and the agent is not asked', async () => {
    decisions.set(intentions(['web', 'deny'], ['*', 'allow']));
    expect(await decisions.isAllowed(source('web'))).toBe(false);
    expect(await decisions.isAllowed(source('api'))).toBe(true);
    expect(decisions.count).toBe(2);
    decisions.set(intentions(['*', 'deny']));
    expect(await decisions.isAllowed(source('api'))).toBe(false);
    expect(asked).toEqual([]);
  });

  it('where none does the agent says, once for each source', async () => {
    decisions.set(intentions(['web', 'deny']));
    expect(decisions.known(source('api'))).toBeUndefined();
    const both = [decisions.isAllowed(source('api')), decisions.isAllowed(source('api'))];
    expect(await Promise.all(both)).toEqual([true, true]);
    expect(decisions.known(source('api'))).toBe(true);
    expect(await decisions.isAllowed(source('api'))).toBe(true);
    expect(asked).toEqual(['api']);
    await decisions.isAllowed(source('api', 'dc2'));
    expect(asked).toEqual(['api', 'api']);
  });

  it('what was answered is forgotten when the intentions change, and who listens is told', async () => {
    let changes = 0;
    decisions.onChange(() => changes++);
    await decisions.isAllowed(source('api'));
    answer = async () => ({ isAllowed: false, isDefault: true });
    decisions.set([]);
    expect(changes).toBe(1);
    expect(await decisions.isAllowed(source('api'))).toBe(false);
    expect(asked).toEqual(['api', 'api']);
  });

  it('an answer that the intentions overtook does not count', async () => {
    const answers: ((verdict: Verdict) => void)[] = [];
    answer = () => new Promise((resolve) => answers.push(resolve));
    const decided = decisions.isAllowed(source('web'));
    decisions.set(intentions(['web', 'deny']));
    answers[0]!(BY_DEFAULT);
    expect(await decided).toBe(false);
    expect(asked).toEqual(['web']);
  });

  it('intentions that change without end do not keep a connection waiting', async () => {
    answer = async () => {
      decisions.set([]);
      return BY_DEFAULT;
    };
    expect(await decisions.isAllowed(source('web'))).toBe(true);
    expect(asked).toHaveLength(3);
  });

  it('while the agent is away, what it said of others that none names holds for all of them', async () => {
    await decisions.isAllowed(source('api'));
    answer = () => Promise.reject(new Error('away'));
    expect(await decisions.isAllowed(source('api'))).toBe(true);
    expect(await decisions.isAllowed(source('new'))).toBe(true);
    decisions.set(intentions(['new', 'deny']));
    expect(await decisions.isAllowed(source('new'))).toBe(false);
  });

  it('while the agent is away and has said nothing that holds for all, there is no answer', async () => {
    answer = async () => ({ isAllowed: true, isDefault: false });
    await decisions.isAllowed(source('api'));
    answer = () => Promise.reject(new Error('away'));
    await expect(decisions.isAllowed(source('new'))).rejects.toThrow('away');
    // It is asked again the next time.
    answer = async () => BY_DEFAULT;
    expect(await decisions.isAllowed(source('new'))).toBe(true);
  });

  it('remembers 4,096 answers', async () => {
    for (let at = 0; at < 4096; at++) await decisions.isAllowed(source(`s${at}`));
    expect(decisions.known(source('s0'))).toBe(true);
    await decisions.isAllowed(source('one-more'));
    expect(decisions.known(source('s0'))).toBeUndefined();
    expect(decisions.known(source('one-more'))).toBe(true);
  });
});
