/** What the orchestrator is told to do. */
export interface Order {
  readonly primary: string;
  readonly primaryApp: string;
  readonly replica: string;
  readonly replicaApp: string;
  readonly steps: readonly { readonly name: 'judge' | 'fence' | 'promote'; readonly input: object }[];
}
