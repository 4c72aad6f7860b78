import { servicePort } from './address-choice.ts';
import { noSuchName, noSuchType } from './authority.ts';
import type { Inquiry } from './inquiry.ts';
import { instanceAddresses, instanceLocation } from './instance-records.ts';
import type { SplitQuestion } from './question.ts';
import { TYPE } from './record-types.ts';
import type { DnsRecord } from './records.ts';
import { type AnswerGroup, EMPTY_RESOLUTION, type Resolution } from './resolution.ts';
import type { DnsInstance } from './source.ts';

/** Instances that may be given out: none critical, and with `onlyPassing` none with a warning. */
export function healthyInstances(
  instances: readonly DnsInstance[],
  onlyPassing: boolean,
): readonly DnsInstance[] {
  return instances.filter((instance) =>
    instance.Checks.every(({ Status }) =>
      onlyPassing ? Status === 'passing' : Status !== 'critical',
    ),
  );
}

/** The answer that a list of instances makes: SRV records to an SRV question, addresses to all others. */
export async function answerWithInstances(
  inquiry: Inquiry,
  question: SplitQuestion,
  instances: readonly DnsInstance[],
  options: { readonly ttlS: number; readonly shuffle: boolean },
): Promise<Resolution> {
  if (instances.length === 0) return noSuchName(inquiry);
  const isLocation = question.type === TYPE.SRV;
  const groups = isLocation
    ? await locations(inquiry, question, instances, options.ttlS)
    : await addresses(inquiry, question, instances, options.ttlS);
  if (groups.length === 0) return noSuchType(inquiry);
  const onlyAliases = !isLocation && isAlias(groups[0]!);
  return {
    ...EMPTY_RESOLUTION,
    groups,
    shuffle: options.shuffle,
    // Two CNAMEs of one name are forbidden (RFC 1034 section 3.6.2).
    maxGroups: isLocation ? 0 : onlyAliases ? 1 : inquiry.settings.aRecordLimit,
  };
}

async function locations(
  inquiry: Inquiry,
  question: SplitQuestion,
  instances: readonly DnsInstance[],
  ttlS: number,
): Promise<readonly AnswerGroup[]> {
  const groups: AnswerGroup[] = [];
  const seen = new Set<string>();
  const shared = new Map<string, DnsRecord>();
  for (const instance of instances) {
    const { Node, Service } = instance;
    const port = servicePort(instance, inquiry.settings);
    const key = `${Node.Node}:${Service.Address}:${port}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const made = instanceLocation(inquiry, instance, question, ttlS);
    const group = made instanceof Promise ? await made : made;
    if (group.answers.length === 0) continue;
    groups.push({
      answers: group.answers,
      additional: group.additional.map((record) => share(shared, record)),
    });
  }
  return groups;
}

/** The one object for all records equal to this: additional records stand in an answer once. */
function share(shared: Map<string, DnsRecord>, record: DnsRecord): DnsRecord {
  const key = `${record.type} ${record.name} ${recordData(record)}`;
  const known = shared.get(key);
  if (known) return known;
  shared.set(key, record);
  return record;
}

async function addresses(
  inquiry: Inquiry,
  question: SplitQuestion,
  instances: readonly DnsInstance[],
  ttlS: number,
): Promise<readonly AnswerGroup[]> {
  const direct: AnswerGroup[] = [];
  const aliases: AnswerGroup[] = [];
  const seen = new Set<string>();
  for (const instance of instances) {
    const made = instanceAddresses(inquiry, instance, question, ttlS);
    const group = made instanceof Promise ? await made : made;
    const first = group.answers[0];
    if (!first) continue;
    // Instances on one node share its address, and are one answer.
    const key = `${first.type} ${recordData(first)}`;
    if (seen.has(key)) continue;
    seen.add(key);
    (isAlias(group) ? aliases : direct).push(group);
  }
  return direct.length > 0 ? direct : aliases;
}

function isAlias(group: AnswerGroup): boolean {
  return group.answers[0]!.type === TYPE.CNAME;
}

function recordData(record: DnsRecord): string {
  switch (record.type) {
    case TYPE.A:
    case TYPE.AAAA:
      return record.address.join('.');
    case TYPE.TXT:
      return record.text;
    case TYPE.CNAME:
      return record.target;
    default:
      return '';
  }
}
