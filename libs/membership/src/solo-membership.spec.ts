import { SoloMembership } from './solo-membership.ts';

describe('the membership of an agent that is alone', () => {
  const membership = new SoloMembership(
    {
      advertiseLan: '10.0.0.5',
      advertiseWan: '10.0.0.6',
      bindAddress: '10.0.0.5',
      bootstrap: false,
      bootstrapExpect: 0,
      datacenter: 'dc1',
      nodeId: 'id',
      nodeName: 'n1',
      ports: { server: 1, serfLan: 8301, serfWan: 8302, http: 2, https: -1, grpc: -1, dns: 3 },
      segment: '',
      server: true,
    },
    '1.8.6',
  );

  it.each([
    ['127.0.0.1', false],
    ['localhost', false],
    ['10.0.0.5:8301', false],
    ['[::1]:8301', false],
    ['10.0.0.6:8302', true],
  ])('joins itself: %s, WAN %s', async (address, wan) => {
    expect(await membership.join([address], wan)).toBe(1);
  });

  it.each([
    ['127.0.0.1:1', false],
    ['10.0.0.5:8301', true],
    ['10.0.0.9', false],
    ['', false],
  ])('says that it reaches nobody else: %s, WAN %s', async (address, wan) => {
    await expect(membership.join([address], wan)).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('is there until it leaves', async () => {
    expect(membership.members()).toMatchObject([{ Name: 'n1', Status: 1 }]);
    await membership.leave();
    expect(membership.members()).toMatchObject([{ Name: 'n1', Status: 3 }]);
  });
});
