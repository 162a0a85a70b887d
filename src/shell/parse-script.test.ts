import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseScript } from './parse-script.ts';
import { awsCall } from './programs/aws.ts';
import { kubectlCall } from './programs/kubectl.ts';
import { isInteractivePsql, sqlTexts } from './programs/sql.ts';
import type { ShellCommand } from './script.ts';

const said = ({ words }: ShellCommand): string => words.map(({ value }) => value).join(' ');
const commandsOf = (text: string): readonly string[] => parseScript(text).commands.map(said);
const first = (text: string): ShellCommand => parseScript(text).commands[0] as ShellCommand;

describe('parseScript', () => {
  test('finds the commands in pipes, lists, loops, functions and substitutions, in the order of the text', () => {
    const text = 'a 1 && b || c\nfor x in 1 2; do d "$x"; done\nf() { e; }\nX=$(g | h)\nif i; then j; fi &';
    expect(commandsOf(text)).toEqual(['a 1', 'b', 'c', 'd $x', 'e', 'g', 'h', 'i', 'j']);
  });

  test('says what a command stands in, hangs on, and keeps its output in', () => {
    const [a, b, c, d, g] = parseScript('a && b || c\nwhile read k; do d; done\nX=$(g)').commands;
    expect([a?.after, b?.after, c?.after]).toEqual([undefined, '&&', '||']);
    expect([a?.hasFallback, b?.hasFallback, c?.hasFallback]).toEqual([true, true, false]);
    expect(d && said(d)).toBe('read k');
    expect(parseScript('while read k; do d; done').commands.map(({ inside }) => inside)).toEqual([
      ['loop', 'condition'],
      ['loop'],
    ]);
    expect(g && said(g)).toBe('d');
    expect(parseScript('X=$(g | h)').commands.map(({ keptIn, inside }) => [keptIn, inside])).toEqual([
      ['X', ['substitution']],
      ['X', ['substitution']],
    ]);
  });

  test('ties the ends of a pipe together, also into a loop', () => {
    const [source, reader, inner] = parseScript('aws x y | while read k; do cp "$k"; done').commands;
    expect(source?.feeds && said(source.feeds)).toBe('read k');
    expect(reader?.reads && said(reader.reads)).toBe('aws x y');
    expect(inner?.reads).toBeUndefined();
  });

  test('looks through what starts a command elsewhere', () => {
    const through = (text: string) => {
      const inner = parseScript(text).commands.at(-1) as ShellCommand;
      return [...inner.through.map(({ program }) => program), said(inner)];
    };
    expect(through('sudo -u postgres psql -c "select 1"')).toEqual(['sudo', 'psql -c select 1']);
    expect(through('docker-compose -f a.yml exec -T db pg_restore -j 4')).toEqual([
      'docker-compose',
      'pg_restore -j 4',
    ]);
    expect(through('docker compose exec -e A=b db pg_dump')).toEqual(['docker', 'pg_dump']);
    expect(through('kubectl exec -it deploy/x -n shop -- python manage.py dbshell')).toEqual([
      'kubectl',
      'python manage.py dbshell',
    ]);
    expect(through('ssh -i key host "psql -c \'select 1\'"')).toEqual(['ssh', 'psql -c select 1']);
    expect(through('bash -c "a; b 2"')).toEqual(['bash', 'b 2']);
    expect(through('timeout -k 5 10m env A=1 sudo nohup a b')).toEqual(['timeout', 'env', 'sudo', 'nohup', 'a b']);
    expect(through('x | xargs -n 1 kubectl delete pod')).toEqual(['xargs', 'kubectl delete pod']);
    expect(through("su - postgres -c 'pg_ctl start'")).toEqual(['su', 'pg_ctl start']);
    expect(through('runuser -u postgres -- pg_ctl stop')).toEqual(['runuser', 'pg_ctl stop']);
    expect(through('gosu postgres initdb -D x')).toEqual(['gosu', 'initdb -D x']);
    expect(parseScript('su - postgres').commands.map(said)).toEqual(['su - postgres']);
    expect(parseScript('ssh bastion').commands.map(said)).toEqual(['ssh bastion']);
  });

  test('keeps redirections, here-documents and the environment', () => {
    const [errors, output] = first('a 2> /dev/null > b').redirects;
    expect([errors?.stream, output?.stream]).toEqual([2, undefined]);
    const text = 'psql <<SQL\nSELECT 1;\nSQL';
    expect(text.slice(first(text).redirects[0]?.bodyAt)).toBe('SELECT 1;\nSQL');
    const command = first('A=1 cat > /etc/x.conf 2>&1 <<EOF\nkey = $V\nEOF\nnext');
    expect(command.redirects.map(({ operator, target, body }) => [operator, target?.value ?? body])).toEqual([
      ['>', '/etc/x.conf'],
      ['>&', '1'],
      ['<<', 'key = $V\n'],
    ]);
    expect(command.environment.map(({ name, value }) => [name, value?.value])).toEqual([['A', '1']]);
    expect(parseScript('export A=1 B="$C"').assignments.map(({ name, value }) => [name, value?.value])).toEqual([
      ['A', '1'],
      ['B', '$C'],
    ]);
  });

  test('knows the variable of a loop, but not its values', () =>
    expect(parseScript('for t in a b; do x "$t"; done').assignments).toEqual([{ name: 't', value: undefined, at: 0 }]));

  test('knows what is literal, and whether what is not is quoted', () => {
    const words = first(`x 'a b' "$A" $B a"$C"d *.txt "$(d)"`).words.slice(1);
    expect(words.map(({ isLiteral }) => isLiteral)).toEqual([true, false, false, false, false, false]);
    expect(words.map(({ isQuoted }) => isQuoted)).toEqual([true, true, false, true, false, true]);
    expect(words.map(({ variables }) => variables.join())).toEqual(['', 'A', 'B', 'C', '', '']);
  });

  test('expressions of a plan and blanks are words', () => {
    expect(parseScript('a --id ${{ steps.find.outputs.id }} "${{ x }}" b').commands[0]?.words.length).toBe(5);
    expect(first('kubectl drain <node-name> --force').words.map(({ text }) => text)).toEqual([
      'kubectl',
      'drain',
      '_node-name_',
      '--force',
    ]);
    expect(first('sort <in >out').redirects.length).toBe(2);
  });

  test('sets aside what is no shell, and reads on', () => {
    const text = 'echo before\nSELECT count(*) FROM t\nWHERE x = 1;\necho after';
    expect(commandsOf(text)).toEqual(['echo before', 'echo after']);
    expect(parseScript(text).unreadable.map((part) => part.text)).toEqual(['SELECT count(*) FROM t\nWHERE x = 1;\n']);
    const open = parseScript('echo a\nif true; then b');
    expect(open.unreadable.length).toBeGreaterThan(0);
    expect(open.commands.map(said)).toContain('echo a');
  });

  test('offsets point into the text', () => {
    const text = 'a\n  b "$(c d)"\nSELECT f(1);\n\n e';
    const { commands } = parseScript(text);
    for (const command of commands)
      expect(text.slice(command.at).startsWith(command.words[0]?.text as string)).toBe(true);
    for (const { words } of commands)
      for (const word of words) expect(text.slice(word.at, word.at + word.text.length)).toBe(word.text);
    expect(commands.length).toBe(4);
  });

  test('never throws, and always ends', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', maxLength: 80 }), (text) => {
        parseScript(text);
      }),
      { numRuns: 500 },
    );
    const pieces = fc.constantFrom(
      '$(',
      ')',
      '`',
      "'",
      '"',
      '<<EOF\n',
      'EOF\n',
      '|',
      '&&',
      '{',
      '}',
      'if',
      'then',
      'do',
      '\n',
      ' ',
      'SELECT f(',
      ';',
      '<x>',
      '${{',
      '}}',
      'ssh',
      'sudo',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 25 }), (parts) => {
        parseScript(parts.join(''));
      }),
      { numRuns: 500 },
    );
  });
});

describe('programs', () => {
  test('a call of aws', () => {
    const call = awsCall(
      first('aws --region us-east-1 ecs wait services-stable --cluster c --services a b --no-paginate'),
    );
    expect([call?.service, call?.operation, call?.plain.map(({ value }) => value)]).toEqual([
      'ecs',
      'wait',
      ['services-stable'],
    ]);
    expect([
      call?.get('region'),
      call?.all('services').map(({ value }) => value),
      call?.has('cluster'),
      call?.get('profile'),
    ]).toEqual(['us-east-1', ['a', 'b'], true, undefined]);
    const copy = awsCall(first('aws s3 sync --delete s3://a s3://b --storage-class GLACIER'));
    expect(copy?.plain.map(({ value }) => value)).toEqual(['s3://a', 's3://b']);
    expect(awsCall(first('gcloud x'))).toBeUndefined();
  });

  test('a call of kubectl', () => {
    const call = kubectlCall(first('kubectl -n shop --context=prod exec -it deploy/x -- env -n y'));
    expect([call?.verb, call?.plain, call?.namespace, call?.context]).toEqual(['exec', ['deploy/x'], 'shop', 'prod']);
    expect(kubectlCall(first('kubectl get pods -A'))?.allNamespaces).toBe(true);
  });

  test('SQL, wherever it comes from', () => {
    const sql = (text: string) => sqlTexts(parseScript(text)).map((one) => one.sql.trim());
    expect(sql('psql -h x -c "SELECT 1;"')).toEqual(['SELECT 1;']);
    expect(sql('docker exec db psql <<EOF\nSELECT 2;\nEOF')).toEqual(['SELECT 2;']);
    expect(sql('echo "SELECT 3" | psql')).toEqual(['SELECT 3']);
    expect(sql('python manage.py dbshell -c "SELECT 4"')).toEqual(['SELECT 4']);
    expect(sql('SELECT now();')).toEqual(['SELECT now();']);
    expect(sql('select x in a b; do :; done')).toEqual([]);
    expect(isInteractivePsql(first('psql -h x -U y -d z'))).toBe(true);
    expect(isInteractivePsql(first('psql -h x < dump.sql'))).toBe(false);
    expect(isInteractivePsql(first('psql -f a.sql'))).toBe(false);
  });
});
