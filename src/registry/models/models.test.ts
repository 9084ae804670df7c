import { describe, expect, it } from 'vitest';
import { checkModelName, checkNewModelName, nameTaken } from './models.js';

describe('the name of a registered model', () => {
  it.each(['m', 'a b', 'ünï', '.hidden', 'x'.repeat(300)])('may be looked up as %s', (name) => {
    expect(() => checkModelName(name)).not.toThrow();
  });

  it.each([
    [' ', "Missing value for required parameter 'name'."],
    ['a/b', "Invalid model name 'a/b'. Names cannot contain '/' or ':'."],
    ['a:b', "Invalid model name 'a:b'. Names cannot contain '/' or ':'."],
    ['..', 'Invalid value ".." for parameter \'name\' supplied: Names may be treated as files'],
  ])('may not be %j', (name, message) => {
    expect(() => checkModelName(name)).toThrow(message);
  });

  it('names the parameter that is blank', () => {
    expect(() => checkNewModelName('\t', 'new_name')).toThrow(
      "Missing value for required parameter 'new_name'.",
    );
  });

  it('is given up to 256 characters', () => {
    expect(() => checkNewModelName('😀'.repeat(256))).not.toThrow();
    expect(() => checkNewModelName('x'.repeat(257))).toThrow(
      "'name' exceeds the maximum length of 256 characters",
    );
  });
});

describe('the refusal of a taken name', () => {
  it('tells two of a kind from a model and a prompt', () => {
    expect(nameTaken('n', false, false).message).toBe('Registered Model (name=n) already exists.');
    expect(nameTaken('n', true, true).message).toBe('Prompt (name=n) already exists.');
    expect(nameTaken('n', true, false).message).toMatch(
      /^Tried to create a prompt with name 'n', but the name is already taken by a registered model\./,
    );
  });

  it.each([
    ["it's", `"it's"`],
    [`"it's"`, `'"it\\'s"'`],
    ['a\\b', `'a\\\\b'`],
  ])('quotes %s as Python does', (name, quoted) => {
    expect(nameTaken(name, false, true).message).toContain(`with name ${quoted}, but`);
  });
});
