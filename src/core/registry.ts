/** What is known of a member before anything else: the name that files and messages call it by. */
interface Named {
  readonly name: string;
}

/** The members of one family, found by name. */
export interface Registry<Member extends Named> {
  /** In the order of the family's export lines. */
  readonly members: readonly Member[];
  /** All names, for a message: 'gru, lstm, rnn'. */
  readonly names: string;
  /** The member of this name; undefined where there is none. */
  find(name: unknown): Member | undefined;
}

/**
 * A family's registry, made from its export lines: a new member is a folder and a line, and everything that must know all members asks here.
 *
 *     import * as exports from './index.js';
 *     export const losses = registryOf(exports, (exported) => exported.member);
 *
 * @param exports the module of the export lines
 * @param memberOf the declaration that an export carries; undefined where it carries none
 */
export function registryOf<Exported, Member extends Named>(
  exports: { readonly [name: string]: Exported },
  memberOf: (exported: Exported) => Member | undefined,
): Registry<Member> {
  const byName = new Map<unknown, Member>();
  for (const exported of Object.values(exports)) {
    const member = memberOf(exported);
    if (member) byName.set(member.name, member);
  }
  const members = [...byName.values()];
  return { members, names: members.map(({ name }) => name).join(', '), find: (name) => byName.get(name) };
}
