import { invalidParameter, MlflowError, notFound } from '../../errors.js';
import type { By } from '../../platform/http/operation.js';
import { newHexId } from '../../platform/ids.js';
import { noVersion } from '../../registry/versions/versions.js';
import type { GateParts } from '../gate/gate-parts.js';
import { checkMayWrite } from '../writing-tokens.js';
import type { Comment } from './feed.store.js';
import { checkComment } from './requests.service.js';

type CommentParts = 'database' | 'history' | 'feed' | 'versions' | 'events' | 'trail' | 'now';

/** The commands of comments on versions. Only who wrote one changes it. */
export class CommentService {
  readonly #parts: Pick<GateParts, CommentParts>;

  constructor(parts: Pick<GateParts, CommentParts>) {
    this.#parts = parts;
  }

  async create(name: string, version: number, comment: string, by: By): Promise<Comment> {
    checkMayWrite(by);
    checkText(comment);
    const { database, history, feed, versions, events, trail, now } = this.#parts;
    const id = newHexId();
    return database.write(async (tx) => {
      const model = await history.lock(tx, name);
      const found = model === undefined ? undefined : await versions.find(tx, name, version);
      if (model === undefined || found === undefined) throw noVersion(name, version);
      const time = now();
      const { name: user } = by.caller;
      const made = { id, name, version, user, comment, createdAt: time, updatedAt: time };
      await feed.addComment(tx, model, made);
      const at = { from: found.current_stage, to: found.current_stage };
      await feed.add(tx, model, version, {
        ...{
          id: newHexId(),
          type: 'NEW_COMMENT',
          ...at,
          comment,
          systemComment: '',
          user,
          at: time,
        },
      });
      await events.emit(tx, {
        ...{ kind: 'comment.created', model: name, version, actor: user },
        summary: `${user} has commented on registered model '${name}' version ${version}.`,
        data: { comment_id: id, comment },
      });
      await trail.record(tx, by, { ...deed('create', id), after: { name, version, comment } });
      return made;
    });
  }

  async change(id: string, comment: string, by: By): Promise<Comment> {
    checkMayWrite(by);
    checkText(comment);
    const { database, feed, trail, now } = this.#parts;
    return database.write(async (tx) => {
      const before = ownComment(await feed.findComment(tx, id), by, false);
      const updatedAt = now();
      await feed.changeComment(tx, id, comment, updatedAt);
      const said = { before: { comment: before.comment }, after: { comment } };
      await trail.record(tx, by, { ...deed('update', id), ...said });
      return { ...before, comment, updatedAt };
    });
  }

  async delete(id: string, by: By): Promise<void> {
    checkMayWrite(by);
    const { database, feed, trail } = this.#parts;
    await database.write(async (tx) => {
      const before = ownComment(await feed.findComment(tx, id), by, true);
      await feed.deleteComment(tx, id);
      await trail.record(tx, by, { ...deed('delete', id), before: { comment: before.comment } });
    });
  }
}

/** @returns what the caller may do with a comment, in the words of the Databricks API */
export const commentActions = ({ user }: Comment, { caller }: By): readonly string[] => [
  ...(caller.name === user ? ['EDIT_COMMENT'] : []),
  ...(caller.name === user || caller.isAdmin ? ['DELETE_COMMENT'] : []),
];

function checkText(comment: string): void {
  if (comment.trim() === '') throw invalidParameter("'comment' can not be empty.");
  checkComment(comment);
}

/** An administrator may take a comment away, but not put words into anybody's mouth. */
function ownComment(found: Comment | undefined, by: By, isDeletion: boolean): Comment {
  if (found === undefined) throw notFound('There is no such comment.');
  const needed = isDeletion ? 'DELETE_COMMENT' : 'EDIT_COMMENT';
  if (commentActions(found, by).includes(needed)) return found;
  throw new MlflowError('PERMISSION_DENIED', `The comment is not one of '${by.caller.name}'.`);
}

const deed = (verb: string, id: string) => ({
  action: `comment.${verb}`,
  object: { kind: 'comment', id },
});
