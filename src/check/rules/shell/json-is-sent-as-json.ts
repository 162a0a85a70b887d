import { type CurlCall, curlCall } from '../../../shell/programs/curl.ts';
import { judgeCommands } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** What is sent must be called what it is. */
export const jsonIsSentAsJson: Rule = {
  id: 'json-is-sent-as-json',
  level: 'warning',
  title: 'JSON that curl sends is called JSON',
  why: 'With -d curl says that the body is a form (application/x-www-form-urlencoded), unless a Content-Type is given (curl manual, --data). Interfaces that expect JSON refuse that, or read an empty message, and nobody notices because curl ends well.',
  bad: `
procedures:
  tell: { title: Tell the customers, steps: [{ id: post, uses: shell.run, with: { command: "curl -X POST https://status.example.com/incidents -d '{\\"name\\": \\"Down\\"}'" } }] }
`,
  good: `
procedures:
  tell: { title: Tell the customers, steps: [{ id: post, uses: shell.run, with: { command: "curl -f -X POST https://status.example.com/incidents -H 'Content-Type: application/json' -d '{\\"name\\": \\"Down\\"}'" } }] }
`,
  judge: (plan) =>
    judgeCommands(plan, (command) => {
      const call = curlCall(command);
      if (!call || !sendsJson(call) || call.headers.some(({ name }) => name === 'content-type')) return [];
      return [
        {
          message: `curl sends JSON to ${call.urls[0] ?? 'the address'} and calls it a form: without a Content-Type it is application/x-www-form-urlencoded`,
          hint: "Add -H 'Content-Type: application/json' (or use --json), and -f so that a refusal fails the step.",
        },
      ];
    }),
};

/** An object or a list; a form may hold braces, but it begins with a name. */
const sendsJson = ({ data }: CurlCall): boolean =>
  data !== undefined && /^\s*(\{\s*(["}]|\\")|\[\s*[[{"\]])/.test(data.value);
