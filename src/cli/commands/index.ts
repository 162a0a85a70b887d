import type { AnyCommand } from '../define-command.ts';

/** A command as the first page shows it; the rest is loaded when it is called, so that help and version stay quick. */
export interface CommandEntry {
  readonly name: string;
  /** Its words as its usage line shows them: `RUN STEP`, `[COMPONENT]`. */
  readonly takes?: string;
  readonly summary: string;
  /** It needs neither plan nor state folder: when it is named as the next thing to type, it is not given --plan. */
  readonly standsAlone?: boolean;
  load(): Promise<AnyCommand>;
}

/** In the order in which one meets them. A test holds names and summaries equal to those in the files. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'init',
    takes: '[PLAN]',
    summary: 'Write a plan to start from, with a new key; make the repository with --repository.',
    load: async () => (await import('./init.ts')).initCommand,
  },
  {
    name: 'check',
    takes: '[PLAN]',
    summary: 'Judge the plan without touching anything.',
    load: async () => (await import('./check.ts')).checkCommand,
  },
  {
    name: 'import',
    takes: 'DOCUMENT',
    summary: 'Read a plan in Markdown as a draft, with the place of every value and the open questions.',
    load: async () => (await import('./import.ts')).importCommand,
  },
  {
    name: 'explain',
    takes: 'PATH',
    summary: 'Say which value holds in the plan, and where it comes from.',
    load: async () => (await import('./explain.ts')).explainCommand,
  },
  {
    name: 'survive',
    takes: '[PLAN]',
    summary: 'Say what is left when domains are lost, or which losses the plan cannot get over.',
    load: async () => (await import('./survive.ts')).surviveCommand,
  },
  {
    name: 'docs',
    takes: '[PLAN]',
    summary: 'Write the plan as a runbook to read and print.',
    load: async () => (await import('./docs.ts')).docsCommand,
  },
  {
    name: 'backup',
    takes: '[COMPONENT]',
    summary: 'Take recovery points now, or keep the write-ahead log with --stream.',
    load: async () => (await import('./backup.ts')).backupCommand,
  },
  {
    name: 'points',
    takes: '[COMPONENT]',
    summary: 'List every moment one can return to, and what choosing it would lose.',
    load: async () => (await import('./points.ts')).pointsCommand,
  },
  {
    name: 'points find',
    takes: 'COMPONENT',
    summary: 'Name the transactions that deleted, updated, truncated or dropped, from the log in the repository.',
    load: async () => (await import('./points-find.ts')).pointsFindCommand,
  },
  {
    name: 'prune',
    takes: '[COMPONENT]',
    summary: 'Say which backups the plan no longer keeps, and why; remove them with --remove.',
    load: async () => (await import('./prune.ts')).pruneCommand,
  },
  {
    name: 'verify',
    takes: '[COMPONENT]',
    summary: 'Prove recovery points by restoring them into an instance that is thrown away.',
    load: async () => (await import('./verify.ts')).verifyCommand,
  },
  {
    name: 'restore',
    takes: 'COMPONENT',
    summary: 'Restore a database beside the running one, to look and to copy from.',
    load: async () => (await import('./restore.ts')).restoreCommand,
  },
  {
    name: 'salvage',
    takes: 'COMPONENT',
    summary: 'Put back the rows that one transaction deleted or changed, and leave all later writes as they are.',
    load: async () => (await import('./salvage.ts')).salvageCommand,
  },
  {
    name: 'recover',
    takes: '[SCENARIO]',
    summary: 'Carry out a scenario of the plan: the real thing.',
    load: async () => (await import('./recover.ts')).recoverCommand,
  },
  {
    name: 'next',
    takes: '[RUN]',
    summary: 'Say the one thing that a person must do now, in one screen.',
    load: async () => (await import('./next.ts')).nextCommand,
  },
  {
    name: 'attach',
    takes: '[RUN]',
    summary: 'Follow a run that another terminal drives, and answer what it asks.',
    load: async () => (await import('./attach.ts')).attachCommand,
  },
  {
    name: 'approve',
    takes: 'RUN STEP',
    summary: 'Say yes, or no, to a step that waits for approval.',
    load: async () => (await import('./approve.ts')).approveCommand,
  },
  {
    name: 'sign',
    summary: 'Say yes to an approval request from afar: read it from stdin, and make a code to be read out.',
    standsAlone: true,
    load: async () => (await import('./sign.ts')).signCommand,
  },
  {
    name: 'confirm',
    takes: 'RUN STEP',
    summary: 'Say that the world is right after a step, or with --no that it is not.',
    load: async () => (await import('./confirm.ts')).confirmCommand,
  },
  {
    name: 'decide',
    takes: 'RUN STEP DECISION',
    summary:
      'Say how to go on with a step that failed or whose outcome is unknown, or that somebody did what a step asks for.',
    load: async () => (await import('./decide.ts')).decideCommand,
  },
  {
    name: 'fix',
    takes: '[RUN] [STEP]',
    summary: 'Be guided through the decision about a step that stopped.',
    load: async () => (await import('./fix.ts')).fixCommand,
  },
  {
    name: 'end',
    takes: '[RUN]',
    summary: 'Be guided through ending a run for good: see what stays, then cancel it.',
    load: async () => (await import('./end.ts')).endCommand,
  },
  {
    name: 'cancel',
    takes: 'RUN',
    summary: 'End a run for good. What it changed stays as it is.',
    load: async () => (await import('./cancel.ts')).cancelCommand,
  },
  {
    name: 'runs',
    summary: 'List the runs that are kept here, newest first.',
    load: async () => (await import('./runs.ts')).runsCommand,
  },
  {
    name: 'status',
    takes: '[RUN]',
    summary: 'Say how a run stands: one sentence first, then every step.',
    load: async () => (await import('./status.ts')).statusCommand,
  },
  {
    name: 'evidence export',
    takes: '[RUN]',
    summary: 'Write the sealed log of a run into a file that anybody can verify.',
    load: async () => (await import('./evidence-export.ts')).evidenceExportCommand,
  },
  {
    name: 'evidence verify',
    takes: 'FILE',
    summary: 'Verify evidence offline, with nothing but the file.',
    standsAlone: true,
    load: async () => (await import('./evidence-verify.ts')).evidenceVerifyCommand,
  },
  {
    name: 'key new',
    summary: 'Make a key pair: the public half for the plan, the private half for a safe place.',
    standsAlone: true,
    load: async () => (await import('./key-new.ts')).keyNewCommand,
  },
];
