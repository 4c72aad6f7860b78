/**
 * Messages of grpc.health.v1 (GRPC Health Checking Protocol), which have a field each: they are written
 * and read here by hand rather than by a schema compiler.
 */

/** `ServingStatus.SERVING` */
export const SERVING = 1;
const STATUS_NAMES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];

/** Name of a `ServingStatus`; the number where it has none. */
export function servingStatus(status: number): string {
  return `status ${STATUS_NAMES[status] ?? status}`;
}

/** HealthCheckRequest: field 1, the service name; the empty name, the whole server, is left out. */
export function encodeHealthRequest(service: string): Buffer {
  const name = Buffer.from(service);
  if (name.length === 0) return Buffer.alloc(0);
  const length: number[] = [];
  for (let rest = name.length; ; rest >>>= 7) {
    if (rest < 128) {
      length.push(rest);
      break;
    }
    length.push((rest & 127) | 128);
  }
  return Buffer.concat([Buffer.from([0x0a, ...length]), name]);
}

/**
 * HealthCheckResponse: field 1, the status; absent means UNKNOWN (0). Other fields are passed over. Throws
 * for bytes that are no protobuf message.
 */
export function decodeHealthResponse(bytes: Buffer): number {
  let status = 0;
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) break;
      // Above 2^53 the value is not exact; nothing that large is a status or a length that fits.
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw new Error('malformed health response');
  };
  const skip = (length: number) => {
    at += length;
    if (at > bytes.length) throw new Error('malformed health response');
  };
  while (at < bytes.length) {
    const tag = varint();
    const wireType = tag % 8;
    if (wireType === 0) {
      const value = varint();
      if (tag === 8) status = value;
    } else if (wireType === 1) skip(8);
    else if (wireType === 2) skip(varint());
    else if (wireType === 5) skip(4);
    else throw new Error('malformed health response');
  }
  return status;
}
