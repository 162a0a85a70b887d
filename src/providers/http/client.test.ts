import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { Plan } from '../../model/plan.ts';
import { expressions } from '../../plan/expressions.ts';
import { openHttp } from './client.ts';
import type { Answer } from './client-api.ts';

const started: (Server | TcpServer)[] = [];
afterEach(async () => {
  for (const server of started.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

let nextPort = 20_000 + (process.pid % 10_000);

/** Listens on a free port of loopback below 32768. */
async function listen<S extends Server | TcpServer>(server: S): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    const port = nextPort++;
    const listens = await new Promise((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (listens) {
      started.push(server);
      return `http://127.0.0.1:${port}`;
    }
  }
  throw new Error('no free port');
}

const serve = (answer: RequestListener) => listen(createServer(answer));

const never = new AbortController().signal;

/** The answer of a service at this address, judged as the plan says. */
function ask(url: string, expect = 'status == 200', within = 2000, signal = never): Promise<Answer> {
  const components = { api: { kind: 'service', health: { url, expect } }, db: { kind: 'postgres' } };
  const client = openHttp({ plan: { components } as unknown as Plan, condition: expressions.condition });
  return client.ask('api', { within, signal });
}

describe('a service that answers', () => {
  test('is healthy when the condition of the plan is true', async () => {
    const url = await serve((_, answer) => answer.end('{"database":"up","lag":3}'));
    expect(await ask(`${url}/health?token=hunter2`, 'status == 200 && json.database == "up" && json.lag < 5')).toEqual({
      healthy: true,
      status: 200,
      expected: 'status == 200 && json.database == "up" && json.lag < 5',
      seen: `${url}/health answered 200`,
    });
  });

  test('is not when it is false, and it says which', async () => {
    const url = await serve((_, answer) => answer.writeHead(503).end('starting'));
    expect(await ask(url)).toMatchObject({
      healthy: false,
      status: 503,
      seen: `${url}/ answered 503, and status == 200 is false`,
    });
    expect(await ask(url, 'status == 503 && body == "starting"')).toMatchObject({ healthy: true });
  });

  test('with something else than JSON is not healthy where JSON is asked about', async () => {
    const url = await serve((_, answer) => answer.end('<html>Welcome</html>'));
    const answer = await ask(url, 'json.status == "ok"');
    expect(answer).toMatchObject({ healthy: false, status: 200 });
    expect(answer.seen).toContain('the expression cannot be worked out');
  });

  test('by sending elsewhere is not followed: a login page is no health', async () => {
    let asked = 0;
    const url = await serve((_, answer) => {
      asked += 1;
      answer.writeHead(302, { location: '/login' }).end();
    });
    expect(await ask(url)).toMatchObject({
      healthy: false,
      status: 302,
      seen: expect.stringContaining('sends elsewhere'),
    });
    expect(asked).toBe(1);
  });

  test('with an endless body is read so far and no further', async () => {
    const url = await serve((_, answer) => {
      const piece = Buffer.alloc(64 * 1024, 'x');
      const more = (): void => {
        while (!answer.destroyed && answer.write(piece));
        if (!answer.destroyed) answer.once('drain', more);
      };
      more();
    });
    expect(await ask(url, 'status == 200 && json == null')).toMatchObject({ healthy: true });
  });

  test('is asked on a connection of its own each time', async () => {
    const ports = new Set<number | undefined>();
    const url = await serve((request, answer) => {
      ports.add(request.socket.remotePort);
      answer.end();
    });
    await ask(url);
    await ask(url);
    expect(ports.size).toBe(2);
  });
});

describe('a service that does not answer', () => {
  test('because nothing listens', async () => {
    const url = await serve(() => undefined);
    const [server] = started.splice(0);
    await new Promise((resolve) => server?.close(resolve));
    expect(await ask(url)).toMatchObject({ healthy: false, status: null, seen: `${url}/: nothing listens there` });
  });

  test('because it hangs', async () => {
    const url = await serve(() => undefined);
    expect(await ask(url, 'status == 200', 50)).toMatchObject({
      status: null,
      seen: `${url}/: no whole answer within 50ms`,
    });
  });

  test('to the end, because it hangs in the middle', async () => {
    const url = await serve((_, answer) => void answer.write('{"half":'));
    expect(await ask(url, 'status == 200', 50)).toMatchObject({ healthy: false, status: null });
  });

  test('because it cuts the connection, before or within the answer', async () => {
    const before = await serve((request) => request.socket.destroy());
    expect(await ask(before)).toMatchObject({ status: null, seen: `${before}/: the connection was cut` });
    const within = await serve((request, answer) => {
      answer.writeHead(200, { 'content-length': 100 }).write('half', () => request.socket.destroy());
    });
    expect(await ask(within)).toMatchObject({
      healthy: false,
      status: null,
      seen: `${within}/: the connection was cut`,
    });
  });

  test('in HTTP', async () => {
    const url = await listen(createTcpServer((socket) => void socket.resume().end('SSH-2.0-OpenSSH_9.2\r\n')));
    expect(await ask(url)).toMatchObject({
      healthy: false,
      status: null,
      seen: `${url}/: it does not speak HTTP there`,
    });
  });

  test('over TLS', async () => {
    const url = (await serve((_, answer) => answer.end())).replace('http:', 'https:');
    expect(await ask(url)).toMatchObject({ healthy: false, status: null });
  });

  test('because its name does not exist', async () => {
    expect(await ask('http://nobody.invalid:8080/')).toMatchObject({ healthy: false, status: null });
  });
});

test('user, password and query of the address are shown to nobody', async () => {
  const url = await serve((_, answer) => answer.writeHead(401).end());
  const { seen } = await ask(url.replace('http://', 'http://ann:hunter2@').concat('/health?key=hunter2'));
  expect(seen).toContain('/health answered 401');
  expect(seen).not.toContain('hunter2');
});

test('an abort ends the question with its reason, before and within it', async () => {
  const stop = new AbortController();
  const url = await serve(() => stop.abort(new Error('stopped')));
  await expect(ask(url, 'status == 200', 2000, stop.signal)).rejects.toThrow('stopped');
  await expect(ask(url, 'status == 200', 2000, stop.signal)).rejects.toThrow('stopped');
});

test.each(['', 'api.example.com/health', 'ftp://api.example.com/', 'postgres://u:p@h/d'])(
  'the address "%s" is an error of the plan, found before anything is asked',
  async (url) => {
    await expect(ask(url)).rejects.toMatchObject({
      code: 'PLAN_INVALID',
      message: 'components.api.health.url is not an http or https address',
    });
  },
);

test.each(['nobody', 'db'])('%s is no service of the plan, and what there is is said', async (name) => {
  const plan = { components: { api: { kind: 'service' }, db: { kind: 'postgres' } } } as unknown as Plan;
  const client = openHttp({ plan, condition: expressions.condition });
  await expect(client.ask(name, { within: 1, signal: never })).rejects.toMatchObject({
    code: 'PLAN_INVALID',
    hint: 'There is: api.',
  });
});
