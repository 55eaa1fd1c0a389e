/** What the walls of the house are checked with: questions to a tree of sources, asked of the project and of made trees. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import ts from 'typescript';

/** Text of every file, by its path from the root, with slashes. */
export type Tree = ReadonlyMap<string, string>;

/** The sources below some folders; what is generated is none. */
export function treeOf(root: string, folders: readonly string[]): Tree {
  const names = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name.replaceAll('\\', '/')))
      .filter((name) => /\.tsx?$/.test(name) && !name.includes('.generated.')),
  );
  return new Map(names.sort().map((name) => [name, readFileSync(join(root, name), 'utf8')]));
}

export const isKernel = (file: string): boolean => /(^|\/)kernel\/[^/]+\.ts$/.test(file);

/** What a file imports or hands on, by value or by type. */
export const importsOf = (text: string): string[] =>
  [...text.matchAll(/from '([^']+)'|import\('([^']+)'\)|^import '([^']+)'/gm)].map(
    (match) => match[1] ?? match[2] ?? match[3],
  );

const targetOf = (file: string, path: string) => normalize(join(dirname(file), path)).replace(/\.js$/, '.ts');

/** `src/memory` is a wing of rooms of its own; of the rest of `src` every folder is one. */
export function roomOf(file: string): string {
  const [top, room = '', inner = ''] = file.split('/');
  if (top !== 'src') return top;
  return room === 'memory' ? `memory/${inner}` : room;
}

/** Imports that go where the list of their room does not, or not by the front door. */
export function breachesOf(tree: Tree, mayCall: Readonly<Record<string, readonly string[]>>): string[] {
  const breaches: string[] = [];
  for (const [file, text] of tree) {
    for (const path of importsOf(text).filter((name) => name.startsWith('.'))) {
      const target = targetOf(file, path);
      const [from, to] = [roomOf(file), roomOf(target)];
      if (from === to || target.includes('.generated.')) continue;
      if (!mayCall[from]?.includes(to)) breaches.push(`${file} calls ${to}`);
      else if (!/(^|\/)(index|node)\.ts$/.test(target)) breaches.push(`${file} goes behind the door of ${to}: ${path}`);
    }
  }
  return breaches;
}

/** Files that need each other, by value or by type: the components of the graph of imports with more than one file. */
export function circlesOf(tree: Tree): string[][] {
  const next = new Map(
    [...tree].map(([file, text]) => [
      file,
      importsOf(text)
        .filter((path) => path.startsWith('.'))
        .flatMap((path) => [targetOf(file, path), `${targetOf(file, path)}x`])
        .filter((target) => tree.has(target)),
    ]),
  );
  // Tarjan 1972.
  const circles: string[][] = [];
  const [index, low] = [new Map<string, number>(), new Map<string, number>()];
  const stack: string[] = [];
  const visit = (file: string): number => {
    const own = index.size;
    index.set(file, own);
    stack.push(file);
    let least = own;
    for (const target of next.get(file) ?? []) {
      if (!index.has(target)) least = Math.min(least, visit(target));
      else if (stack.includes(target)) least = Math.min(least, index.get(target) as number);
    }
    low.set(file, least);
    if (least === own) {
      const component = stack.splice(stack.indexOf(file));
      if (component.length > 1 || next.get(file)?.includes(file)) circles.push(component.sort());
    }
    return least;
  };
  for (const file of tree.keys()) if (!index.has(file)) visit(file);
  return circles;
}

/** Files that hand on whatever another exports. */
export const starsOf = (tree: Tree): string[] =>
  [...tree].filter(([, text]) => /^export \* from/m.test(text)).map(([file]) => file);

type Visit = (node: ts.Node, lineOf: (at: number) => number) => boolean;

const parsed = new Map<string, ts.SourceFile>();

/** Goes through the nodes of a file, deeper where `visit` says so. */
function walk(file: string, text: string, visit: Visit): void {
  const source = parsed.get(text) ?? ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  parsed.set(text, source);
  const lineOf = (at: number) => source.getLineAndCharacterOfPosition(at).line;
  const step = (node: ts.Node) => {
    if (visit(node, lineOf)) ts.forEachChild(node, step);
  };
  step(source);
}

/** Lines with `any` above which no `biome-ignore` gives a reason. */
export function anysOf(tree: Tree): string[] {
  const found: string[] = [];
  for (const [file, text] of tree) {
    const lines = text.split('\n');
    walk(file, text, (node, lineOf) => {
      const line = lineOf(node.getStart());
      const excused = /\/\/ biome-ignore .*noExplicitAny: \S{2,}/.test(lines[line - 1] ?? '');
      if (node.kind === ts.SyntaxKind.AnyKeyword && !excused) found.push(`${file}:${line + 1}`);
      return true;
    });
  }
  return found;
}

const nameOf = (node: ts.SignatureDeclaration): string => {
  const named = node.name ?? (node.parent as { name?: ts.Node }).name;
  return named?.getText() ?? 'a function without a name';
};

/** Functions of more lines than `most`, with their lines; of functions in each other the outer one. */
export function longFunctionsOf(tree: Tree, most: number): Map<string, number> {
  const found = new Map<string, number>();
  for (const [file, text] of tree) {
    walk(file, text, (node, lineOf) => {
      if (!ts.isFunctionLike(node) || !('body' in node && node.body)) return true;
      const lines = lineOf(node.end) - lineOf(node.getStart()) + 1;
      if (lines <= most) return true;
      found.set(`${file} ${nameOf(node)}`, lines);
      return false;
    });
  }
  return found;
}

/** Functions of more lines than `most` whose comment gives no reason ("longer than most: ..."). */
export function unexplainedOf(tree: Tree, most: number): string[] {
  const found: string[] = [];
  for (const [file, text] of tree) {
    walk(file, text, (node, lineOf) => {
      if (!ts.isFunctionLike(node) || !('body' in node && node.body)) return true;
      if (lineOf(node.end) - lineOf(node.getStart()) + 1 <= most) return true;
      const statement = ts.findAncestor(node, ts.isStatement) ?? node;
      const comments = ts.getLeadingCommentRanges(text, statement.getFullStart()) ?? [];
      const said = comments.map(({ pos, end }) => text.slice(pos, end).replace(/\s*\n\s*\*?\s*/g, ' ')).join(' ');
      if (!/\b(longer than most|long because)\b/.test(said)) found.push(`${file} ${nameOf(node)}`);
      return false;
    });
  }
  return found;
}

/** Functions of kernels with more arguments than `most`. */
export function wideKernelsOf(tree: Tree, most: number): Map<string, number> {
  const found = new Map<string, number>();
  for (const [file, text] of [...tree].filter(([name]) => isKernel(name))) {
    walk(file, text, (node) => {
      if (ts.isFunctionLike(node) && node.parameters.length > most) {
        found.set(`${file} ${nameOf(node)}`, node.parameters.length);
      }
      return true;
    });
  }
  return found;
}

/** Files of more lines than `most`. */
export const longFilesOf = (tree: Tree, most: number): string[] =>
  [...tree].filter(([, text]) => text.split('\n').length > most).map(([file]) => file);
