/** The part of native-dns that is used: number tables, and in tests its codec as an independent opinion. */
declare module 'native-dns' {
  export const consts: {
    readonly NAME_TO_QTYPE: Readonly<Record<string, number>>;
    readonly QTYPE_TO_NAME: Readonly<Record<number, string>>;
    readonly NAME_TO_RCODE: Readonly<Record<string, number>>;
    readonly RCODE_TO_NAME: Readonly<Record<number, string>>;
  };
  export interface Question {
    readonly name: string;
    readonly type: number;
  }
  export function Question(options: { readonly name: string; readonly type: string }): Question;
  export interface Reply {
    readonly header: { readonly rcode: number; readonly aa: number };
    readonly answer: readonly Readonly<Record<string, unknown>>[];
    readonly additional: readonly Readonly<Record<string, unknown>>[];
  }
  export interface Request {
    on(event: 'message', listener: (error: Error | null, reply: Reply) => void): this;
    on(event: 'timeout', listener: () => void): this;
    send(): void;
  }
  export function Request(options: {
    readonly question: Question;
    readonly server: { readonly address: string; readonly port: number; readonly type: string };
    readonly timeout: number;
    readonly cache: boolean;
  }): Request;
}
