/** The part of native-dns that is used: number tables, and in tests its codec as an independent opinion. */
declare module 'native-dns' {
  export const consts: {
    readonly NAME_TO_QTYPE: Readonly<Record<string, number>>;
    readonly QTYPE_TO_NAME: Readonly<Record<number, string>>;
    readonly NAME_TO_RCODE: Readonly<Record<string, number>>;
    readonly RCODE_TO_NAME: Readonly<Record<number, string>>;
  };
}
