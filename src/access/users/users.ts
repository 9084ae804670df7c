import { alreadyExists, invalidParameter, type MlflowError, notFound } from '../../errors.js';

const MIN_PASSWORD = 12;
/** Hashing takes time that grows with the text. */
export const MAX_PASSWORD = 1_024;
const MAX_USERNAME = 255;

/** A colon ends the name where a browser or client signs in. */
const UNUSABLE = /[:\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** @throws MlflowError 400 for a name that nobody could sign in with */
export function checkUsername(username: string): void {
  if (username.trim() === '') throw invalidParameter('Username cannot be empty.');
  if (username.length > MAX_USERNAME) {
    throw invalidParameter(`Username must be at most ${MAX_USERNAME} characters.`);
  }
  if (UNUSABLE.test(username)) {
    throw invalidParameter('Username must not hold colons or control characters.');
  }
}

/** @throws MlflowError 400 for a password that is too short, or too long to be hashed */
export function checkPassword(password: string): void {
  if ([...password].length < MIN_PASSWORD) {
    throw invalidParameter(`Password must be at least ${MIN_PASSWORD} characters.`);
  }
  if (password.length > MAX_PASSWORD) {
    throw invalidParameter(`Password must be at most ${MAX_PASSWORD} characters.`);
  }
}

export const noUser = (username: string): MlflowError =>
  notFound(`User with username=${username} not found`);

export const userExists = (username: string): MlflowError =>
  alreadyExists(`User (username=${username}) already exists.`);
