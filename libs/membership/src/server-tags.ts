type Tags = Readonly<Record<string, string>>;

const INTEGER = /^[+-]?\d{1,18}$/;
const BUILD = /\d+\.\d+\.\d+/;
/** Tags that must be integers where they are. */
const OPTIONAL_NUMBERS = ['expect', 'raft_vsn', 'wan_join_port'] as const;
/** Tags that begin so hold the address of a network segment. */
const SEGMENT_PREFIX = 'sl_';
/** Tags that begin so tell of a feature, by number. */
const FEATURE_PREFIX = 'ft_';

/** True when the tags are those of a server, all of which make sense (gossip-wire.md 8.2). */
export function isServer(tags: Tags): boolean {
  if (tags.role !== 'consul') return false;
  const { port = '', vsn = '', build = '' } = tags;
  if (!INTEGER.test(port) || !INTEGER.test(vsn) || !BUILD.test(build)) return false;
  return (
    OPTIONAL_NUMBERS.every((name) => tags[name] === undefined || INTEGER.test(tags[name])) &&
    Object.entries(tags).every(
      ([name, value]) =>
        (!name.startsWith(FEATURE_PREFIX) || INTEGER.test(value)) &&
        (!name.startsWith(SEGMENT_PREFIX) || /:\d{1,5}$/.test(value)),
    )
  );
}
