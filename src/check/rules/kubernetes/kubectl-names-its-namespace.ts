import type { Plan } from '../../../model/plan.ts';
import { option } from '../../../shell/options.ts';
import { type KubectlCall, kubectlCall } from '../../../shell/programs/kubectl.ts';
import { judgeScripts, type PlacedScript, type Remark, scriptsOf } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** What is in a namespace is found only there. */
export const kubectlNamesItsNamespace: Rule = {
  id: 'kubectl-names-its-namespace',
  level: 'warning',
  title: 'Where the plan knows the namespace, kubectl is told it',
  why: 'Without --namespace kubectl looks in the namespace of the current context, which is "default" unless somebody has set another one (kubectl reference). The command fails, waits for pods that are not there, or changes something else of the same name. A plan that names the namespace in some commands shows that the default is not meant.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: stop, uses: shell.run, with: { command: kubectl scale deployment api --replicas=0 -n shop } }
      - { id: point, uses: shell.run, with: { command: kubectl set env deployment/api DATABASE_HOST=clean } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: stop, uses: shell.run, with: { command: kubectl scale deployment api --replicas=0 -n shop } }
      - { id: point, uses: shell.run, with: { command: kubectl set env deployment/api DATABASE_HOST=clean -n shop } }
`,
  judge(plan) {
    const known = namespacesOf(plan);
    return known.size === 0 ? [] : judgeScripts(plan, (around) => judgeScript(around, known));
  },
};

function judgeScript({ script }: PlacedScript, known: ReadonlyMap<string, string>): readonly Remark[] {
  const calls = script.commands.map(kubectlCall).filter((call) => call !== undefined);
  if (calls.some(setsDefault)) return [];
  const open = calls.filter((call) => isNamespaced(call) && call.namespace === undefined && !call.allNamespaces);
  const about = open.flatMap((call) => namesIn(call).flatMap((name) => (known.has(name) ? [{ call, name }] : [])));
  const [first] = about;
  if (!first) return [];
  const { call, name } = first;
  const more = open.length > 1 ? ` (so do ${open.length - 1} more here)` : '';
  const namespace = known.get(name);
  return [
    {
      at: call.command.at,
      level: about.some((one) => CHANGES.test(`${one.call.verb} ${one.call.plain[0] ?? ''}`)) ? 'error' : 'warning',
      message: `kubectl ${call.verb} names no namespace and looks in that of the context, mostly "default"${more}; elsewhere the plan says that ${name} is in ${namespace}`,
      hint: `Add -n ${namespace}.`,
    },
  ];
}

/** `kubectl config set-context --current --namespace=shop`. */
const setsDefault = ({ verb, plain, namespace }: KubectlCall): boolean =>
  verb === 'config' && plain[0] === 'set-context' && namespace !== undefined;

/** Where the namespace decides what is found. What is applied from files carries its own. */
const isNamespaced = ({ verb, plain }: KubectlCall): boolean =>
  /^(get|describe|logs|wait|exec|scale|rollout|set|delete|patch|top|port-forward)$/.test(verb) &&
  !plain.some((word) => CLUSTER_WIDE.test(word));

const CLUSTER_WIDE =
  /^(nodes?|no|namespaces?|ns|pv|persistentvolumes?|storageclass(es)?|sc|componentstatus(es)?|cs|crds?|customresourcedefinitions?|clusterroles?|clusterrolebindings?|apiservices?|csr)(\/|$)/;

const CHANGES = /^(scale|delete|patch|set |rollout (restart|undo))/;

/** What a call is about: `deployment api`, `deployment/api`, `-l app=api`. */
function namesIn({ plain, command }: KubectlCall): readonly string[] {
  const label = option(command, '-l', '--selector')?.split(',') ?? [];
  return [
    ...plain.slice(0, 3).map((word) => word.split('/').at(-1) ?? ''),
    ...label.map((one) => one.split('=').at(-1) ?? ''),
  ].filter((name) => /^[a-z0-9][a-z0-9.-]*$/.test(name) && !KINDS.test(name));
}

const KINDS =
  /^(deploy(ments?)?|pods?|po|svc|services?|sts|statefulsets?|ds|daemonsets?|jobs?|cronjobs?|cm|configmaps?|secrets?|events?|ingress(es)?|pvc|hpa|all|restart|undo|status|history|env|image|pause|resume)$/;

/** By the name of what runs: the namespace in which the plan says it does. */
function namespacesOf(plan: Plan): ReadonlyMap<string, string> {
  const declared = Object.values(plan.components).flatMap(({ ids }) =>
    Object.values(ids)
      .flatMap((id) => id.split(/[\s,=]+/))
      .map((name): [string, string] => [name, ids.namespace ?? '']),
  );
  const said = scriptsOf(plan)
    .flatMap(({ script }) => script.commands.map(kubectlCall))
    .flatMap((call) => (call ? namesIn(call).map((name): [string, string] => [name, call.namespace ?? '']) : []));
  return new Map([...said, ...declared].filter(([, namespace]) => NAMESPACE.test(namespace)));
}

/** Written out, and not one of the system. */
const NAMESPACE = /^(?!kube-|default$)[a-z0-9][a-z0-9-]*$/;
