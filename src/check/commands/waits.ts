import { hasOption, plainWords } from '../../shell/options.ts';
import { awsCall } from '../../shell/programs/aws.ts';
import { composeCall } from '../../shell/programs/compose.ts';
import { kubectlCall } from '../../shell/programs/kubectl.ts';
import { isInteractivePsql } from '../../shell/programs/sql.ts';
import { terraformCall } from '../../shell/programs/terraform.ts';
import type { ShellCommand } from '../../shell/script.ts';

/** Why a command never ends by itself, as the end of a sentence; undefined when it does, or nothing is known of it. */
export function endlessBecause(command: ShellCommand): string | undefined {
  const isBounded =
    command.inBackground ||
    command.through.some(({ program }) => program === 'timeout' || program === 'watch') ||
    endsItsInput(command.feeds);
  return isBounded ? undefined : followedBy(command);
}

/** A reader that stops reading ends what writes to it. */
const endsItsInput = (reader: ShellCommand | undefined): boolean =>
  reader !== undefined &&
  (reader.program === 'head' || (reader.program === 'grep' && hasOption(reader, '-q', '-m', '--quiet', '--max-count')));

function followedBy(command: ShellCommand): string | undefined {
  const { program } = command;
  const aws = awsCall(command);
  if (aws)
    return aws.service === 'logs' && (aws.operation === 'start-live-tail' || aws.has('follow')) ? FOLLOWS : undefined;
  const call = kubectlCall(command) ?? composeCall(command);
  if (call?.verb === 'logs' && hasOption(behind(command, 'logs'), '-f', '--follow')) return FOLLOWS;
  if (call?.verb === 'get' && hasOption(command, '-w', '--watch')) return FOLLOWS;
  if (call?.verb === 'port-forward') return 'keeps the connection open until somebody ends it';
  if (program === 'docker' && plainWords(command)[0]?.value === 'logs')
    return hasOption(command, '-f', '--follow') ? FOLLOWS : undefined;
  if (program === 'tail' && hasOption(command, '-f', '-F', '--follow')) return FOLLOWS;
  if (program === 'journalctl' && hasOption(command, '-f', '--follow')) return FOLLOWS;
  if (program === 'watch')
    return hasOption(command, '-g', '--chgexit') ? undefined : 'repeats its command until somebody ends it';
  if (program === 'ping') return hasOption(command, '-c', '-w') ? undefined : 'goes on until somebody ends it';
  return program === 'top' && hasOption(command, '-b')
    ? undefined
    : SCREENS.has(program)
      ? 'shows a screen until somebody leaves it'
      : undefined;
}

/** In front of the verb `-f` names a file. */
const behind = (command: ShellCommand, verb: string): ShellCommand => ({
  ...command,
  words: command.words.slice(command.words.findIndex(({ value }) => value === verb)),
});

const FOLLOWS = 'follows what comes, and never ends';
const SCREENS = new Set(['top', 'htop', 'k9s', 'stern']);

/** What a command waits for a person to do, as the end of a sentence; undefined when it needs nobody, or nothing is known of it. */
export function asksBecause(command: ShellCommand): string | undefined {
  const { program } = command;
  const [first, second] = plainWords(command).map(({ value }) => value);
  const isFed = command.reads !== undefined || command.redirects.some(({ operator }) => operator.startsWith('<'));
  if (isInteractivePsql(command)) return 'opens a session in which somebody has to type';
  switch (program) {
    case 'ssh':
      return isFed || opensShell(command) === false
        ? undefined
        : 'opens a session on another machine: what stands below it runs here, after it is left';
    case 'terraform':
    case 'tofu':
      return asksForYes(command) ? 'asks first, and waits for "yes"' : undefined;
    case 'read':
      return !isFed && !command.inside.includes('loop') ? 'waits until somebody types' : undefined;
    case 'kubectl':
    case 'oc':
    case 'crontab':
      return (program === 'crontab' ? hasOption(command, '-e') : first === 'edit') ? EDITOR : undefined;
    case 'git':
      return first === 'commit' && !hasOption(command, '-m', '-F', '-C', '--message', '--file', '--no-edit')
        ? EDITOR
        : undefined;
    case 'aws':
      return first === 'configure' && second === undefined ? TYPES : undefined;
    case 'vercel':
      return first === 'env' && second === 'add' && !isFed ? 'asks for the value' : undefined;
    case 'mysql':
    case 'mariadb':
      return isFed || hasOption(command, '-e', '--execute') ? undefined : TYPES;
    case 'redis-cli':
      return isFed || redisEndsByItself(command) ? undefined : TYPES;
    default:
      return opensScreen(command, isFed);
  }
}

const TYPES = 'opens a session in which somebody has to type';
const EDITOR = 'opens an editor';
/** It is told a command, or one of the options that print something and end. */
const redisEndsByItself = (command: ShellCommand): boolean =>
  plainWords(command, ['-h', '-p', '-a', '-n', '-u', '--user']).length > 0 ||
  hasOption(command, '--scan', '--rdb', '--pipe', '--bigkeys', '--stat', '--eval');

const EDITORS = new Set(['vi', 'vim', 'nvim', 'nano', 'emacs', 'visudo']);

function opensScreen(command: ShellCommand, isFed: boolean): string | undefined {
  const { program, words } = command;
  if (EDITORS.has(program)) return EDITOR;
  if (program.startsWith('ansible') && hasOption(command, '--ask-vault-pass', '--ask-become-pass', '--ask-pass', '-K'))
    return 'asks for a password';
  if (program === 'xdg-open' || (program === 'open' && /^https?:/.test(words[1]?.value ?? '')))
    return 'opens a browser';
  if (program === 'less' || program === 'more') return 'shows a screen until somebody leaves it';
  if (/^(apt|apt-get|yum|dnf)$/.test(program) && words.some(({ value }) => value === 'install'))
    return hasOption(command, '-y', '--yes', '--assume-yes') ? undefined : 'asks whether to install';
  const isShell = program === 'bash' || program === 'sh' || program === 'zsh';
  return isShell && words.length === 1 && !isFed && command.through.length > 0
    ? 'opens a shell in which somebody has to type'
    : undefined;
}

/** Whether `ssh` is called to stay: with no command for the other side, and not for a tunnel. Undefined when it asks for a version. */
function opensShell(command: ShellCommand): boolean {
  if (hasOption(command, '-N', '-f', '-V', '-G', '-W')) return false;
  const plain = plainWords(command, ['-i', '-p', '-l', '-o', '-L', '-R', '-D', '-J', '-F', '-E', '-b', '-c', '-m']);
  return plain.length === 1;
}

/** What "terraform apply" asks is judged where a saved plan is asked for; "destroy" takes no plan. */
function asksForYes(command: ShellCommand): boolean {
  const call = terraformCall(command);
  return call?.verb === 'destroy' && !call.asksNobody;
}
