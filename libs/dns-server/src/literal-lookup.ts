/** As much of a socket's look-up function as a datagram socket uses. */
export type LiteralLookup = (
  address: string,
  options: unknown,
  callback: (error: null, address: string, family: number) => void,
) => void;

/**
 * Stands in for DNS look-ups of a socket that only ever sees IP addresses. Node's own goes through a thread
 * for each datagram sent, literal address or not.
 */
export const literalLookup: LiteralLookup = (address, _options, callback) => {
  callback(null, address, address.includes(':') ? 6 : 4);
};
