import { describe, expect, test } from 'vitest';
import { messages } from '../../checked-plan.fake.ts';
import { byHand, levelsOfSteps, saidOfSteps, shellPlan } from '../../shell-steps.fake.ts';

describe('kubectl-names-its-cluster', () => {
  const RULE = 'kubectl-names-its-cluster';
  const lost = { loses_domains: ['machine'], failback: { not_needed: 'x' } };
  const RAN_THERE = { components: { shop: { kind: 'workload', domain: 'machine' } } };

  test.each([
    ['kubectl scale deployment api --replicas=10 -n shop'],
    ['export CLUSTER_NAME=dr AWS_REGION=us-west-2\nkubectl apply -k overlays/dr'],
    ['kubectl -n shop \\\n  rollout restart deploy/api'],
    ['ssh bastion "kubectl delete deployment api"'],
    ['kubectl apply -f x.yaml\nkubectl config use-context dr'],
  ])('in a lost region: %s', (command) => expect(saidOfSteps(RULE, [command], lost, RAN_THERE)).toHaveLength(1));

  test.each([
    ['kubectl --context dr scale deployment api --replicas=10'],
    ['kubectl --kubeconfig=/tmp/dr apply -k x'],
    ['KUBECONFIG=/tmp/dr kubectl apply -k x'],
    ['export KUBECONFIG=/tmp/dr\nkubectl apply -k x'],
    ['kubectl config use-context dr\nkubectl apply -k x'],
    ['aws eks update-kubeconfig --name dr\nkubectl apply -k x'],
    ['gcloud container clusters get-credentials dr\nkubectl apply -k x'],
    ['kubectl get pods'],
    ['kubectl rollout status deploy/api'],
    ['echo kubectl apply'],
  ])('in a lost region nothing of: %s', (command) => expect(saidOfSteps(RULE, [command], lost, RAN_THERE)).toEqual([]));

  test('a lost domain in which no cluster ran', () => {
    expect(saidOfSteps(RULE, ['kubectl apply -k x'], lost)).toEqual([]);
    expect(saidOfSteps(RULE, ['kubectl apply -k x'], { ...lost, loses_domains: ['cellar'] }, RAN_THERE)).toEqual([]);
  });

  test('where there is one cluster nothing need be named', () =>
    expect(saidOfSteps(RULE, ['kubectl apply -k x'])).toEqual([]));

  test('a cluster outlives one of its zones, and after a break-in it is still there', () => {
    const domains = { aws: { title: 'AWS' }, 'aws/east': { title: 'Region' }, 'aws/east/a': { title: 'Zone' } };
    const shop = { kind: 'workload', domain: 'aws/east' };
    const zone = { loses_domains: ['aws/east/a'] };
    expect(saidOfSteps(RULE, ['kubectl apply -k x'], zone, { domains, components: { shop } })).toEqual([]);
    expect(saidOfSteps(RULE, ['kubectl apply -k x'], { ...lost, kind: 'security' }, RAN_THERE)).toEqual([]);
  });

  test('what Terraform has just built is not the current context, also in a procedure', () => {
    expect(saidOfSteps(RULE, ['terraform apply dr.tfplan', 'kubectl apply -k x'])[0]).toContain('"s1" has just built');
    expect(saidOfSteps(RULE, ['kubectl apply -k x', 'terraform apply dr.tfplan'])).toEqual([]);
    const drill = {
      title: 'Drill',
      steps: [{ id: 'b', uses: 'shell.run', with: { command: 'terraform apply x; kubectl apply -k y' } }],
    };
    expect(messages(RULE, JSON.stringify({ procedures: { drill } }))).toHaveLength(1);
  });
});

describe('kubectl-names-its-namespace', () => {
  const RULE = 'kubectl-names-its-namespace';
  const KNOWN = 'kubectl scale deployment api --replicas=0 -n shop';

  test.each([
    ['kubectl set env deployment/api HOST=x', 'error'],
    ['kubectl rollout restart deploy/api', 'error'],
    ['kubectl wait --for=condition=Ready pods -l app=api --timeout=600s', 'warning'],
    ['kubectl logs -l app=api --tail 5', 'warning'],
    ['kubectl exec -it deploy/api -- env -n shop', 'warning'],
  ])('%s', (command, level) => expect(levelsOfSteps(RULE, [KNOWN, command])).toEqual([level]));

  test.each([
    ['kubectl set env deployment/api HOST=x --namespace=shop'],
    ['kubectl get pods -A -l app=api'],
    ['kubectl get nodes'],
    ['kubectl get ns api'],
    ['kubectl apply -f api.yaml'],
    ['kubectl scale deployment other --replicas=1'],
    ['kubectl get events'],
    ['kubectl config set-context --current --namespace=shop\nkubectl rollout restart deploy/api'],
    ['kubectl rollout restart deploy/$NAME'],
  ])('nothing of: %s', (command) => expect(saidOfSteps(RULE, [KNOWN, command])).toEqual([]));

  test('a plan that names no namespace anywhere means the default', () => {
    expect(saidOfSteps(RULE, ['kubectl scale deployment api --replicas=0', 'kubectl logs deploy/api'])).toEqual([]);
    expect(saidOfSteps(RULE, ['kubectl scale deploy api --replicas=0 -n "$NS"', 'kubectl logs deploy/api'])).toEqual(
      [],
    );
    expect(saidOfSteps(RULE, ['kubectl logs etcd-0 -n kube-system', 'kubectl logs etcd-0'])).toEqual([]);
  });

  test('a component says where it is, and one text is complained about once', () => {
    const components = { shop: { kind: 'workload', ids: { namespace: 'shop', deployments: 'web, api' } } };
    const command = 'kubectl get pods -l app=web\nkubectl get events\nkubectl logs deploy/api';
    expect(saidOfSteps(RULE, [command], {}, { components })).toEqual([
      'kubectl get names no namespace and looks in that of the context, mostly "default" (so do 2 more here); elsewhere the plan says that web is in shop',
    ]);
  });
});

describe('newest-events-come-last', () => {
  const said = (command: string) => saidOfSteps('newest-events-come-last', [command]);

  test.each([
    ['kubectl get events --sort-by=.metadata.creationTimestamp | head -20'],
    ["kubectl get events -A --sort-by '.lastTimestamp' | head -n 5"],
  ])('%s', (command) => expect(said(command)).toHaveLength(1));

  test.each([
    ['kubectl get events --sort-by=.metadata.creationTimestamp | tail -20'],
    ['kubectl get events --sort-by=.metadata.creationTimestamp | tac | head -20'],
    ['kubectl get events --sort-by=.metadata.creationTimestamp | head -n -5'],
    ['kubectl get pods --sort-by=.metadata.name | head'],
    ['kubectl get events | head -20'],
    ['kubectl get events --sort-by=.lastTimestamp'],
  ])('nothing of: %s', (command) => expect(said(command)).toEqual([]));
});

describe('scaling-restarts-nothing', () => {
  const said = (command: string) => saidOfSteps('scaling-restarts-nothing', [command]);

  test('up and down again in one text, however the deployment is written', () =>
    expect(
      said('kubectl scale deployment api --replicas=10 -n a\nsleep 30\nkubectl scale deploy/api --replicas=5 -n a'),
    ).toHaveLength(1));

  test.each([
    ['kubectl scale deploy/api --replicas=0\nkubectl scale deploy/api --replicas=5'],
    ['kubectl scale deploy/api --replicas=5\nkubectl scale deploy/api --replicas=10'],
    ['kubectl scale deploy/api --replicas=10\nkubectl scale deploy/web --replicas=5'],
    ['kubectl scale deploy/api --replicas=$MORE\nkubectl scale deploy/api --replicas=5'],
    ['kubectl scale deploy/api --replicas=10\nkubectl scale deploy/api --replicas=0'],
  ])('nothing of: %s', (command) => expect(said(command)).toEqual([]));
});

describe('rollback-names-its-revision', () => {
  const RULE = 'rollback-names-its-revision';
  const way = (command: string) => ({ one_of: 'way', with: { command } });

  test.each([
    ['kubectl rollout undo deployment/api'],
    ['kubectl -n shop rollout undo deploy api'],
    ['helm rollback shop'],
    ['helm rollback shop 0 -n shop'],
  ])('%s', (command) => expect(levelsOfSteps(RULE, [command])).toEqual(['warning']));

  test.each([
    ['kubectl rollout undo deployment/api --to-revision=7'],
    ['kubectl rollout undo deployment/api --to-revision "$GOOD"'],
    ['helm rollback shop 12'],
    ['helm rollback -n shop shop "$GOOD"'],
    ['kubectl rollout history deployment/api'],
    ['git rollback shop'],
  ])('nothing of: %s', (command) => expect(saidOfSteps(RULE, [command])).toEqual([]));

  test('after a restart, or beside one, it goes back to the bad version', () => {
    expect(levelsOfSteps(RULE, ['kubectl rollout restart deploy/api', 'kubectl rollout undo deploy/api'])).toEqual([
      'error',
    ]);
    expect(
      levelsOfSteps(RULE, [way('kubectl rollout restart deploy/api'), way('kubectl rollout undo deploy/api')]),
    ).toEqual(['error']);
    expect(levelsOfSteps(RULE, ['kubectl rollout undo deploy/api', 'kubectl rollout restart deploy/api'])).toEqual([
      'warning',
    ]);
    expect(levelsOfSteps(RULE, ['kubectl rollout restart deploy/web', 'kubectl rollout undo deploy/api'])).toEqual([
      'warning',
    ]);
    expect(levelsOfSteps(RULE, ['kubectl delete pod api', 'kubectl rollout undo deploy/api'])).toEqual(['warning']);
  });
});

describe('drain-comes-to-an-end', () => {
  const RULE = 'drain-comes-to-an-end';

  test.each([
    ['kubectl drain <node-name> --ignore-daemonsets --delete-emptydir-data'],
    ['kubectl drain n1 --timeout=0'],
    ['for n in a b; do kubectl drain "$n"; done'],
  ])('%s', (command) => expect(saidOfSteps(RULE, [command])).toHaveLength(1));

  test.each([
    ['kubectl drain n1 --timeout=120s'],
    ['kubectl drain n1 --timeout 5m'],
    ['timeout 5m kubectl drain n1'],
    ['kubectl drain n1 --dry-run=client'],
    ['kubectl cordon n1'],
  ])('nothing of: %s', (command) => expect(saidOfSteps(RULE, [command])).toEqual([]));

  test('the end of the step is an end', () =>
    expect(saidOfSteps(RULE, [{ with: { command: 'kubectl drain n1' }, timeout: '5m' }])).toEqual([]));
});

describe('zone-is-emptied-whole', () => {
  const RULE = 'zone-is-emptied-whole';
  const domains = {
    aws: { title: 'AWS' },
    'aws/east': { title: 'Region', kind: 'region' },
    'aws/east/a': { title: 'Zone', kind: 'zone' },
  };
  const said = (command: string, lost = 'aws/east/a') =>
    saidOfSteps(RULE, [command], { loses_domains: [lost] }, { domains });

  test('one node of a zone', () => expect(said('kubectl drain n1 --timeout=5m')).toHaveLength(1));

  test.each([
    ['kubectl drain -l topology.kubernetes.io/zone=a --timeout=5m'],
    ['kubectl cordon --selector topology.kubernetes.io/zone=a\nkubectl drain n1'],
    ['for n in $(kubectl get nodes -o name); do kubectl drain "$n"; done'],
    ['kubectl get nodes -o name | xargs -n 1 kubectl drain'],
    ['kubectl drain n1\nkubectl drain n2'],
    ['kubectl get pods -o wide'],
  ])('nothing of: %s', (command) => expect(said(command)).toEqual([]));

  test('a node that is drained for another reason', () => {
    expect(said('kubectl drain n1', 'aws/east')).toEqual([]);
    expect(saidOfSteps(RULE, ['kubectl drain n1'])).toEqual([]);
  });
});

describe('diagnosis-does-not-need-what-is-lost', () => {
  const RULE = 'diagnosis-does-not-need-what-is-lost';
  const dead = { detection: ['The alert Kubernetes API unreachable'] };

  test('everything that goes through the dead API server, once a step', () =>
    expect(saidOfSteps(RULE, ['kubectl get nodes\nkubectl exec -it etcd-0 -- etcdctl endpoint health'], dead)).toEqual([
      'kubectl get nodes, kubectl exec etcd-0 ask the API server of the cluster, and loss is noticed by "The alert Kubernetes API unreachable": it fails, and says nothing about why',
    ]));

  test.each([
    ['aws eks describe-cluster --name shop'],
    ['kubectl --context dr get nodes'],
    ['kubectl config use-context dr\nkubectl get pods'],
    ['terraform apply x.tfplan\nkubectl get pods'],
    ['kubectl apply -k x'],
  ])('nothing of: %s', (command) => expect(saidOfSteps(RULE, [command], dead)).toEqual([]));

  test('where the cluster answers one may ask it', () => {
    expect(
      saidOfSteps(RULE, ['kubectl get pods'], { detection: ['The API answers with 502', 'Pods do not start'] }),
    ).toEqual([]);
    expect(saidOfSteps(RULE, ['kubectl get pods'], { ...dead, kind: 'security' })).toEqual([]);
    expect(saidOfSteps(RULE, ['kubectl get pods'])).toEqual([]);
  });
});

describe('managed-etcd-has-no-backup', () => {
  const said = (technology: string | undefined, method: string, note?: string) =>
    messages(
      'managed-etcd-has-no-backup',
      JSON.stringify({
        components: { shop: { kind: 'workload', technology, backups: [{ method, every: '6h', note }] } },
      }),
    );

  test('of a managed cluster, or said to be taken by Velero', () => {
    expect(said('EKS, Django', 'etcd.snapshot')).toHaveLength(1);
    expect(said('GKE', 'etcd.snapshot')).toHaveLength(1);
    expect(said('kubeadm', 'etcd.snapshot', 'Taken with Velero.')).toHaveLength(1);
  });

  test('of one that is run by ourselves', () => {
    expect(said('kubeadm on our own machines', 'etcd.snapshot')).toEqual([]);
    expect(said(undefined, 'etcd.snapshot', 'etcdctl snapshot save')).toEqual([]);
    expect(said('EKS', 'velero.backup')).toEqual([]);
  });
});

describe('one-size-for-one-workload', () => {
  const said = (one: string, two: string, kind = 'disaster') =>
    messages(
      'one-size-for-one-workload',
      JSON.stringify({
        scenarios: {
          loss: { steps: [{ id: 'a', uses: 'shell.run', with: { command: one } }] },
          other: { title: 'Other', kind, steps: [{ id: 'b', uses: 'shell.run', with: { command: two } }] },
        },
      }),
    );

  test('two sizes of one deployment or service', () => {
    expect(said('kubectl scale deployment api --replicas=3', 'kubectl scale deploy/api --replicas=10')).toEqual([
      'api is brought back at different sizes: 3 in loss, 10 in other; which of them is right, nobody can tell',
    ]);
    const UPDATE = 'aws ecs update-service --service w --desired-count';
    expect(said(`${UPDATE} 3`, `${UPDATE} 5`)).toHaveLength(1);
  });

  test.each([
    ['kubectl scale deploy/api --replicas=0', 'kubectl scale deploy/api --replicas=5'],
    [
      'kubectl scale deploy/api --replicas=10\nkubectl scale deploy/api --replicas=5',
      'kubectl scale deploy/api --replicas=5',
    ],
    ['kubectl scale deploy/api --replicas=3', 'kubectl scale deploy/web --replicas=5'],
    ['kubectl scale deploy/api --replicas=$N', 'kubectl scale deploy/api --replicas=5'],
    ['kubectl scale deploy/api --replicas=3 -n a', 'kubectl scale deploy/api --replicas=5 -n b'],
    ['kubectl --context a scale deploy/api --replicas=3', 'kubectl --context b scale deploy/api --replicas=5'],
    [
      'aws ecs update-service --service w --desired-count 3',
      'aws ecs update-service --service w --force-new-deployment',
    ],
  ])('nothing of: %s / %s', (one, two) => expect(said(one, two)).toEqual([]));

  test('more of it against too much load is meant so', () =>
    expect(
      said('kubectl scale deploy/api --replicas=3', 'kubectl scale deploy/api --replicas=10', 'degradation'),
    ).toEqual([]));
});

describe('velero-backups-are-restored', () => {
  const RULE = 'velero-backups-are-restored';
  const components = { shop: { kind: 'workload', backups: [{ method: 'velero.backup', every: '6h' }] } };
  const said = (...steps: Parameters<typeof saidOfSteps>[1]) =>
    saidOfSteps(RULE, steps, { loses: ['shop'] }, { components });

  test('manifests alone', () => expect(said('kubectl apply -k x')).toHaveLength(1));

  test('with the backup, by command or by hand', () => {
    expect(said('kubectl apply -k x', 'velero restore create --from-backup b')).toEqual([]);
    expect(said(byHand('Restore the volumes with Velero'), 'kubectl apply -k x')).toEqual([]);
  });

  test('where nothing was lost, nothing applied, or nothing backed up by it', () => {
    expect(saidOfSteps(RULE, ['kubectl apply -k x'], { loses: ['api'] }, { components })).toEqual([]);
    expect(said('kubectl get pods')).toEqual([]);
    expect(messages(RULE, shellPlan(['kubectl apply -k x']))).toEqual([]);
  });
});

describe('traffic-follows-the-new-cluster', () => {
  const said = (...steps: Parameters<typeof saidOfSteps>[1]) => saidOfSteps('traffic-follows-the-new-cluster', steps);

  test.each([
    ['terraform apply -var="cluster_name=recovery"'],
    ['terraform apply -target=module.cluster -auto-approve'],
    ['aws eks create-cluster --name shop2'],
    ['gcloud container clusters create shop2'],
  ])('%s', (command) => expect(said(command)).toHaveLength(1));

  test.each([
    [
      'aws eks create-cluster --name shop2\naws route53 change-resource-record-sets --hosted-zone-id Z --change-batch file://x',
    ],
    ['terraform apply -var="replicas=3"'],
    ['aws ecs create-cluster --cluster-name shop2'],
    ['aws eks describe-cluster --name shop'],
  ])('nothing of: %s', (command) => expect(said(command)).toEqual([]));

  test('somebody may move it by hand', () =>
    expect(said('eksctl create cluster', byHand('Point DNS to the new cluster'))).toEqual([]));
});

describe('secrets-before-workloads, by what commands do', () => {
  const RULE = 'secrets-before-workloads';
  const BRING = { title: 'Bring the secrets back', with: { command: './restore-secrets.sh' } };

  test('workloads that wait for secrets', () => {
    expect(saidOfSteps(RULE, ['kubectl apply -k overlays/production', BRING])).toHaveLength(1);
    expect(saidOfSteps(RULE, ['helm upgrade --install shop ./chart', 'kubectl apply -f secrets.yaml'])).toEqual([]);
  });

  test.each([
    [[BRING, 'kubectl apply -k overlays/production']],
    [['kubectl apply -f namespace.yaml', BRING, 'kubectl apply -k overlays/production']],
    [['kubectl apply -k overlays/production', 'aws secretsmanager update-secret --secret-id x --secret-string "$S"']],
    [
      [
        'kubectl apply -k overlays/production',
        { title: 'Rotate the secrets', id: 'rotate', with: { command: './rotate.sh' } },
      ],
    ],
  ])('nothing of: %j', (steps) => expect(saidOfSteps(RULE, steps)).toEqual([]));
});
