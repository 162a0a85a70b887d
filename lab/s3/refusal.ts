/** What S3 answers instead of doing something. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  /** More elements of the answer. */
  readonly more: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    more = '',
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.more = more;
    this.headers = headers;
  }
}

export const refusal = (
  status: number,
  code: string,
  message: string,
  more?: string,
  headers?: Readonly<Record<string, string>>,
): Refusal => new Refusal(status, code, message, more, headers);
