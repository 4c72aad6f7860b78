import { formatAddress, isAddress } from '../address.ts';
import type { Inquiry } from '../inquiry.ts';
import { nodeName } from '../instance-records.ts';
import { isEncodableName } from '../name.ts';
import { TYPE } from '../record-types.ts';
import { EMPTY_RESOLUTION } from '../resolution.ts';
import type { QuestionForm } from './form.ts';

const DECIMAL_BYTE = /^(0|[1-9]\d{0,2})$/;
const NIBBLE = /^[0-9a-f]$/;

/**
 * D.C.B.A.in-addr.arpa and 32 nibbles .ip6.arpa: the node at the address, or else a service that has it as its
 * own. Addresses that nobody has are left to a recursor.
 */
export const reverseQuestion: QuestionForm = {
  name: 'reverse',
  accepts: (question) => question.zone === 'arpa',
  async answer(question, inquiry) {
    const address = addressOf(question.parts);
    if (!address) return undefined;
    const target = await ownerOf(inquiry, address);
    if (target === undefined || !isEncodableName(target)) return undefined;
    return {
      ...EMPTY_RESOLUTION,
      groups: [
        {
          answers: [{ type: TYPE.PTR, name: question.name, ttlS: 0, target }],
          additional: [],
        },
      ],
    };
  },
};

async function ownerOf(inquiry: Inquiry, address: Uint8Array): Promise<string | undefined> {
  const { datacenter, domain } = inquiry.settings;
  const found = await inquiry.addressOwners(datacenter, formatAddress(address));
  const node = found.nodes.find((candidate) => isAddress(candidate.Address, address));
  if (node) return nodeName(inquiry, node);
  const service = found.services.find((one) => isAddress(one.ServiceAddress, address));
  return service && `${service.ServiceName}.service.${service.Datacenter}.${domain}`;
}

function addressOf(labels: readonly string[]): Uint8Array | undefined {
  const digits = labels.slice(0, -2).reverse();
  if (labels.at(-2) === 'in-addr' && digits.length === 4) {
    if (!digits.every((digit) => DECIMAL_BYTE.test(digit) && Number(digit) < 256)) return undefined;
    return Uint8Array.from(digits.map(Number));
  }
  if (labels.at(-2) !== 'ip6' || digits.length !== 32) return undefined;
  if (!digits.every((digit) => NIBBLE.test(digit))) return undefined;
  const address = new Uint8Array(16);
  for (let at = 0; at < 16; at++) {
    address[at] = Number.parseInt(digits[2 * at]! + digits[2 * at + 1]!, 16);
  }
  return address;
}
