/**
 * Loaded before the server (`--require`), in its scan threads too: writes down each statement that
 * better-sqlite3 prepares, once a thread, as a line of JSON.
 */
const { appendFileSync } = require('node:fs');
const Sqlite = require('better-sqlite3');

const file = process.env.RUNLEDGER_BENCH_STATEMENTS;
const { prepare } = Sqlite.prototype;
const seen = new Set();

Sqlite.prototype.prepare = function (sql) {
  if (!seen.has(sql)) {
    seen.add(sql);
    appendFileSync(file, `${JSON.stringify(sql)}\n`);
  }
  return prepare.call(this, sql);
};
