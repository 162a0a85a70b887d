import { hasOption, option, plainWords } from '../options.ts';
import type { ShellCommand } from '../script.ts';

/** One call of kubectl: `kubectl scale deployment backend --replicas=3 -n shop`. */
export interface KubectlCall {
  readonly verb: string;
  /** What comes behind the verb without an option, up to `--`. */
  readonly plain: readonly string[];
  readonly namespace: string | undefined;
  readonly allNamespaces: boolean;
  readonly context: string | undefined;
  readonly kubeconfig: string | undefined;
  readonly command: ShellCommand;
}

const WITH_VALUE = ['-n', '--namespace', '--context', '--kubeconfig', '-l', '--selector', '-f', '--filename', '-k', '--kustomize', '-o', '--output',
  '-c', '--container', '--replicas', '--timeout', '--for', '--sort-by', '--tail', '--since', '--image', '-p', '--patch', '--to-revision', '--revision']; // biome-ignore format: one list

/** Undefined when it is neither kubectl nor oc. */
export function kubectlCall(command: ShellCommand): KubectlCall | undefined {
  if (command.program !== 'kubectl' && command.program !== 'oc') return undefined;
  const dashes = command.words.findIndex(({ value }) => value === '--');
  const own = dashes < 0 ? command : { ...command, words: command.words.slice(0, dashes) };
  const [verb, ...plain] = plainWords(own, WITH_VALUE).map(({ value }) => value);
  if (verb === undefined) return undefined;
  return {
    verb,
    plain,
    namespace: option(own, '-n', '--namespace'),
    allNamespaces: hasOption(own, '-A', '--all-namespaces'),
    context: option(own, '--context'),
    kubeconfig: option(own, '--kubeconfig'),
    command,
  };
}
