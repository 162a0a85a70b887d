/* An application on the machine of its server: writes without a pause, and says when each commit was acknowledged. */
import pg from 'pg';

let id = Date.now() * 1000;
for (;;) {
  const client = new pg.Client({
    host: '127.0.0.1',
    port: 5432,
    user: 'app',
    database: 'postgres',
    connectionTimeoutMillis: 300,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    for (;;) {
      await client.query('INSERT INTO orders (id) VALUES ($1)', [id++]);
      process.stdout.write(`${Date.now()}\n`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 50));
  } finally {
    await client.end().catch(() => undefined);
  }
}
