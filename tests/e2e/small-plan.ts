/** The parts in which small plans differ. */
export interface SmallPlan {
  /** The public half of the key of the repository. */
  readonly recipient: string;
  /** What the first step does, once somebody of the role has approved it. */
  readonly command: string;
  /** People beside Ada, who are in the role as well: names, and what is said of them. */
  readonly others?: Readonly<Record<string, string>>;
}

/** A plan of two commands that can be carried out anywhere; the first one waits for an approval. */
export function smallPlan({ recipient, command, others = {} }: SmallPlan): string {
  const people = { ada: '{ name: Ada Example }', ...others };
  return `lifeboat: 1
plan: { name: shop, title: The shop, owner: boss, version: "1" }
domains: { here: { title: Here }, there: { title: There } }
environments: { drill: { protected: false } }
people: { ${Object.entries(people)
    .map(([name, about]) => `${name}: ${about}`)
    .join(', ')} }
roles: { boss: { title: Boss, people: [${Object.keys(people).join(', ')}] } }
repository: { folder: ./repository, domain: there, recipients: [${recipient}] }
components:
  shop: { kind: service, domain: here, health: { url: "http://127.0.0.1:9/health" } }
scenarios:
  loss:
    title: It is gone
    loses: [shop]
    objectives: { rto: 1h }
    detect_within: 1m
    healthy: verify
    steps:
      - id: bring
        uses: shell.run
        with: { command: "${command}" }
        expect: 1s..10s
        timeout: 1m
        approve: { role: boss, within: 5m }
      - { id: verify, title: Verify that it is back, uses: shell.run, with: { command: "echo yes" }, expect: 1s, timeout: 1m }
`;
}
