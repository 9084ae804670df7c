import { randomInt } from 'node:crypto';

/** Words that read well side by side and offend nobody. */
const ADJECTIVES = `agile amber ample autumn balmy bold brave breezy bright brisk calm candid
  cheerful clear clever copper coral cosy crisp curious dapper daring dusky eager early earnest
  fabled fair fleet fond frosty gentle gilded glad golden hardy honest humble jolly keen kind lively
  lucid lunar mellow merry misty modest neat nimble noble patient placid plucky polite proud quick
  quiet rapid rosy rustic sandy serene silver sincere snowy solar spry steady sunny swift tidy
  trusty upbeat velvet vivid warm wise witty zesty`.split(/\s+/);

const NOUNS = `acorn albatross alder antelope badger beacon birch bison brook canyon cedar chestnut
  clover comet condor cricket cypress dolphin dove dune elk falcon fern finch fjord fox gazelle
  glacier grove harbor hare harrier heron hollow ibis iris island juniper kestrel lagoon lantern lark
  lemur lichen lynx maple marten meadow meteor moose moss orchid osprey otter owl panda pebble
  petrel pine plover poppy prairie puffin quail raven reef robin sparrow spruce squirrel stork swan
  tern thistle thrush tulip valley walrus willow wren`.split(/\s+/);

const pick = (words: readonly string[]): string => words[randomInt(words.length)] ?? '';

/** @returns a name for what was not given one: `quiet-heron-417` */
export const randomName = (): string => `${pick(ADJECTIVES)}-${pick(NOUNS)}-${randomInt(1_000)}`;
