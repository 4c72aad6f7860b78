import { noSuchName, soaRecord } from '../authority.ts';
import { nodeRecords } from '../host-records.ts';
import type { Inquiry } from '../inquiry.ts';
import { healthyInstances } from '../instance-answer.ts';
import { nodeName } from '../instance-records.ts';
import { isEncodableName } from '../name.ts';
import { RCODE, TYPE } from '../record-types.ts';
import { type AnswerGroup, EMPTY_RESOLUTION } from '../resolution.ts';
import { ttlSeconds } from '../settings.ts';
import type { QuestionForm } from './form.ts';

/** The servers register themselves under this name. */
const SERVERS = 'consul';
/** Name servers in an answer. */
const MAX_NAME_SERVERS = 3;

/** SOA of our domain, whatever name in it is asked for, with the name servers. */
export const soaQuestion: QuestionForm = {
  name: 'soa',
  accepts: (question) => question.zone === 'domain' && question.type === TYPE.SOA,
  async answer(_question, inquiry) {
    const servers = (await nameServers(inquiry)).slice(0, MAX_NAME_SERVERS);
    return {
      ...EMPTY_RESOLUTION,
      groups: [
        {
          answers: [soaRecord(inquiry)],
          additional: servers.flatMap((server) => server.additional),
        },
      ],
      authority: servers.flatMap((server) => server.answers),
    };
  },
};

/** NS of our domain: up to three servers, each time others. */
export const nameServerQuestion: QuestionForm = {
  name: 'ns',
  accepts: (question) => question.zone === 'domain' && question.type === TYPE.NS,
  async answer(_question, inquiry) {
    return {
      ...EMPTY_RESOLUTION,
      groups: await nameServers(inquiry),
      shuffle: true,
      maxGroups: MAX_NAME_SERVERS,
    };
  },
};

/** Zone transfers are not offered. */
export const transferQuestion: QuestionForm = {
  name: 'transfer',
  accepts: (question) => question.zone === 'domain' && question.type === TYPE.AXFR,
  answer: async () => ({ ...EMPTY_RESOLUTION, rcode: RCODE.NOTIMP }),
};

/** A name in our domain of no kind that we know. The last form of the list. */
export const unknownQuestion: QuestionForm = {
  name: 'unknown',
  accepts: (question) => question.zone === 'domain',
  answer: async (_question, inquiry) => noSuchName(inquiry),
};

async function nameServers(inquiry: Inquiry): Promise<readonly AnswerGroup[]> {
  const { settings } = inquiry;
  const found = await inquiry.instances({
    datacenter: settings.datacenter,
    service: SERVERS,
    tag: '',
    kind: 'plain',
  });
  const ttlS = ttlSeconds(settings.nodeTtlMs);
  const groups: AnswerGroup[] = [];
  for (const { Node } of healthyInstances(found, settings.onlyPassing)) {
    const target = nodeName(inquiry, Node).toLowerCase();
    if (!isEncodableName(target)) continue;
    groups.push({
      answers: [{ type: TYPE.NS, name: settings.domain, ttlS, target }],
      additional: await nodeRecords(inquiry, Node, target, TYPE.ANY, ttlS),
    });
  }
  return groups;
}
