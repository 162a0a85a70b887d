import {
  type Assignment,
  type Command,
  forEachChild,
  type ParsedScript,
  type Pipeline,
  type Redirection,
  type SyntaxNode,
} from 'unbash';
import type { ShellAssignment, ShellCommand, ShellRedirect, Surrounding } from './script.ts';
import { toWord } from './words.ts';

type Draft = { -readonly [K in keyof ShellCommand]: ShellCommand[K] };

interface Where {
  readonly inside: readonly Surrounding[];
  readonly keptIn?: string;
  readonly after?: '&&' | '||';
  readonly hasFallback?: boolean;
  readonly inBackground?: boolean;
  /** Takes what it stands in out of the pipe of its parents. */
  readonly reads?: Draft;
}

/** The simple commands and assignments of what the parser read. `from` is where its text begins in `source`. */
export function collect(
  script: ParsedScript,
  { source, from }: { readonly source: string; readonly from: number },
): { readonly commands: readonly ShellCommand[]; readonly assignments: readonly ShellAssignment[] } {
  const walk = new Walk(source, from);
  walk.visit(script, { inside: [] });
  return { commands: walk.commands.toSorted((a, b) => a.at - b.at), assignments: walk.assignments };
}

/** One walk over a tree; it keeps what it has found. */
class Walk {
  readonly commands: Draft[] = [];
  readonly assignments: ShellAssignment[] = [];
  readonly #source: string;
  readonly #from: number;

  constructor(source: string, from: number) {
    this.#source = source;
    this.#from = from;
  }

  visit(node: SyntaxNode, where: Where): void {
    switch (node.type) {
      case 'Command':
        this.#command(node, where);
        return;
      case 'Pipeline':
        this.#pipeline(node, where);
        return;
      case 'Statement':
        this.visit(node.command, node.background ? { ...where, inBackground: true } : where);
        return;
      case 'AndOr':
        node.commands.forEach((part, index) => {
          const after = node.operators[index - 1];
          const hasFallback = where.hasFallback === true || node.operators.slice(index).includes('||');
          this.visit(part, { ...where, hasFallback, ...(after === undefined ? {} : { after }) });
        });
        return;
      case 'Assignment':
        this.#assignment(node, where);
        return;
      case 'CommandExpansion':
      case 'ProcessSubstitution':
        if (node.script) this.visit(node.script, { ...where, inside: [...where.inside, 'substitution'] });
        return;
      case 'For':
      case 'Select':
        // Of the values of a loop only the names are known.
        this.assignments.push({ name: node.name.value, value: undefined, at: this.#from + node.pos });
        this.#children(node, where);
        return;
      default:
        this.#children(node, where);
    }
  }

  #children(node: SyntaxNode, where: Where): void {
    const { reads: _, ...inner } = where;
    let first = true;
    forEachChild(node, (child) => {
      this.visit(child, { ...(first ? where : inner), inside: surroundingsOf(node, child, where.inside) });
      first = false;
    });
  }

  #pipeline(node: Pipeline, where: Where): void {
    let before = where.reads;
    for (const part of node.commands) {
      const { reads: _, ...own } = where;
      const first = this.commands.length;
      this.visit(part, before ? { ...own, reads: before } : own);
      const made = this.commands.slice(first).filter(({ inside }) => inside.length === where.inside.length);
      const here = part.type === 'Command' ? made.at(-1) : this.commands[first];
      if (before && here) before.feeds = here;
      before = here ?? before;
    }
  }

  #command(node: Command, where: Where): void {
    const { keptIn, after, reads } = where;
    const names = [...node.prefix].filter((part) => part.type === 'Assignment');
    if (!node.name) {
      for (const part of [...node.prefix, ...node.suffix]) this.visit(part, where);
      return;
    }
    const words = [node.name, ...node.args].map((word) =>
      word.type === 'Word' ? toWord(word, this.#from) : assignmentWord(word, this.#from),
    );
    const inner = { inside: where.inside };
    for (const part of [node.name, ...node.prefix, ...node.suffix]) this.#children(part, inner);
    this.commands.push({
      program: words[0]?.isLiteral ? (words[0].value.split('/').at(-1) as string) : '',
      words,
      environment: names.map((name) => this.#toAssignment(name)),
      redirects: node.redirects.map((redirect) => this.#redirect(redirect)),
      at: this.#from + node.pos,
      end: this.#from + node.end,
      inside: where.inside,
      through: [],
      hasFallback: where.hasFallback === true,
      inBackground: where.inBackground === true,
      ...(keptIn === undefined ? {} : { keptIn }),
      ...(after === undefined ? {} : { after }),
      ...(reads === undefined ? {} : { reads }),
    });
    if (EXPORTS.has(String(words[0]?.value)))
      for (const word of node.args) if (word.type === 'Assignment') this.assignments.push(this.#toAssignment(word));
  }

  #assignment(node: Assignment, where: Where): void {
    this.assignments.push(this.#toAssignment(node));
    this.#children(node, { ...where, keptIn: node.name });
  }

  #toAssignment({ name, value, pos }: Assignment): ShellAssignment {
    return { name, value: value.type === 'Word' ? toWord(value, this.#from) : undefined, at: this.#from + pos };
  }

  #redirect(node: Redirection): ShellRedirect {
    if (node.type === 'HereDoc')
      return {
        operator: node.operator,
        target: undefined,
        body: this.#source.slice(this.#from + node.body.pos, this.#from + node.body.end),
        bodyAt: this.#from + node.body.pos,
      };
    const target = node.target && toWord(node.target, this.#from);
    const stream = node.descriptor?.type === 'FileDescriptor' ? { stream: node.descriptor.value } : {};
    return {
      operator: node.operator,
      target,
      ...stream,
      ...(node.type === 'HereString' && target ? { body: target.value } : {}),
    };
  }
}

const EXPORTS = new Set(['export', 'declare', 'local', 'readonly', 'typeset']);

/** `export NAME=value`: a word as far as the command is concerned. */
function assignmentWord(node: Assignment, from: number) {
  const value = node.value.type === 'Word' ? toWord(node.value, from) : undefined;
  return {
    text: node.text,
    value: `${node.name}=${value?.value ?? ''}`,
    isLiteral: value?.isLiteral ?? false,
    isQuoted: value?.isQuoted ?? true,
    variables: value?.variables ?? [],
    at: from + node.pos,
  };
}

function surroundingsOf(node: SyntaxNode, child: SyntaxNode, inside: readonly Surrounding[]): readonly Surrounding[] {
  switch (node.type) {
    case 'For':
    case 'ArithmeticFor':
    case 'Select':
      return [...inside, 'loop'];
    case 'While':
      return child === node.clause ? [...inside, 'loop', 'condition'] : [...inside, 'loop'];
    case 'If':
    case 'Elif':
      return [...inside, child === node.clause ? 'condition' : 'branch'];
    case 'CaseItem':
      return [...inside, 'branch'];
    case 'Function':
      return [...inside, 'function'];
    case 'Subshell':
      return [...inside, 'subshell'];
    default:
      return inside;
  }
}
