/**
 * SQL that trims JSON text which `Dialect.jsonObjects` has printed.
 *
 * @returns the text without a member that holds nothing, as protobuf's JSON leaves it out. The
 * member must not be the first of its object. No text inside of a string can be taken for it:
 * there every quote has a backslash before it, and behind the quote at a string's end stands no
 * letter. The databases differ in where they put spaces.
 */
export const withoutMember = (json: string, member: string, nothing: 'null' | '[]'): string =>
  `replace(replace(${json}, ',"${member}":${nothing}', ''), ', "${member}" : ${nothing}', '')`;

/** @returns the one object of a list of one; it ends in a brace, so that only brackets go */
export const onlyObject = (list: string): string => `rtrim(ltrim(${list}, '['), ']')`;
