import type { SerfMember } from '@mesh/gossip';
import type { Member } from './membership.ts';

const views = new WeakMap<SerfMember, Member>();

/** A gossip member as the API shows it; the same object for the same member. */
export function memberView(member: SerfMember): Member {
  const known = views.get(member);
  if (known) return known;
  const { name, host, port, tags, status, versions } = member;
  const [ProtocolMin, ProtocolMax, ProtocolCur, DelegateMin, DelegateMax, DelegateCur] = versions;
  const view: Member = {
    ...{ Name: name, Addr: host, Port: port, Tags: tags, Status: status },
    ...{ ProtocolMin, ProtocolMax, ProtocolCur, DelegateMin, DelegateMax, DelegateCur },
  };
  views.set(member, view);
  return view;
}
