import type { Difference } from './support/difference.js';

const INVALID = { status: 400, code: 'INVALID_PARAMETER_VALUE' } as const;

/** The first that fits is the one that is reported, so narrow ones come before wide ones. */
export const DIFFERENCES: readonly Difference[] = [
  {
    name: 'unknown route as JSON',
    reason: 'A client that reads JSON can tell what is wrong; stock answers an HTML page.',
    stock: { status: 404, html: true },
    ours: { status: 404, code: ['ENDPOINT_NOT_FOUND', 'RESOURCE_DOES_NOT_EXIST'] },
  },
  {
    name: 'wrong method as JSON',
    reason: 'As for unknown routes; the allowed methods are named.',
    stock: { status: 405, html: true },
    ours: { status: 405, code: 'ENDPOINT_NOT_FOUND' },
  },
  {
    name: 'a body that is not JSON is refused',
    reason: 'Stock takes it for an empty object, or stores what it read before the fault.',
    stock: { status: [200, 400, 500] },
    ours: { ...INVALID, message: /^The request body (?:is not valid JSON|must be a JSON object)/ },
  },
  {
    name: 'a value of the wrong type is refused',
    reason:
      'Stock swallows the fault, leaves out what stands behind it in the request and may answer 200, 404, 500 or the refusal of a default.',
    stock: { status: [200, 400, 404, 500, 501] },
    ours: { ...INVALID, message: /^Invalid value .* for parameter '.*' supplied: {2}Hint: /s },
  },
  {
    name: 'a boolean of a query is true or false',
    reason: 'Stock takes every other word for false here.',
    on: /^GET .*logged-models\/[^/]*\?/,
    stock: { status: [200, 404] },
    ours: { ...INVALID, message: /^Invalid boolean value: / },
  },
  {
    name: 'one value for one parameter',
    reason: 'Stock takes the first of several; a proxy in front may have looked at the last.',
    stock: { status: [200, 404] },
    ours: { ...INVALID, message: /^The parameter '.*' was given more than once\.$/ },
  },
  {
    name: 'path and body name the same model',
    reason: 'Stock acts on the one in the body, or ignores it.',
    on: /logged-models\//,
    stock: { status: [200, 404] },
    ours: { ...INVALID, message: /^The path and the request name different values/ },
  },
  {
    name: 'a missing field is told as missing',
    reason: 'Stock breaks, or goes on with an empty value and tells a fault of that.',
    stock: {
      status: [400, 404, 500],
      message:
        /^(?:Run with id= not found|Invalid value "" for parameter|Missing value for|Parameter 'version' must be an integer, got ''|int\(\) argument|<!doctype)/,
    },
    ours: { ...INVALID, message: /^Missing value for required parameter '/ },
  },
  {
    name: 'no SQL in a message',
    reason: 'Stock prints the statement and its values. Code and status are the same.',
    stock: { status: 400, message: /IntegrityError/ },
    ours: {
      status: 400,
      code: ['BAD_REQUEST', 'RESOURCE_ALREADY_EXISTS'],
      message: /^(?!.*(?:SQL|IntegrityError|constraint)).*\.$/s,
    },
  },
  {
    name: 'only the id is at fault',
    reason: 'Stock puts such an id to its database and prints the refusal.',
    stock: { status: 400, message: /FOREIGN KEY constraint failed/ },
    ours: { ...INVALID, message: /^Invalid experiment ID '/ },
  },
  {
    name: 'no folder of the server in a message',
    reason: 'Stock resolves a relative source against its working folder and prints that.',
    on: /model-versions\/create/,
    stock: { ...INVALID, message: /^Invalid model version source: '\// },
    ours: { ...INVALID, message: /^Invalid model version source: '/ },
  },
  {
    name: 'the same message with 400',
    reason: 'Stock says it with 500, and clients repeat a 500 for minutes.',
    stock: {
      status: 500,
      message: /^`order_by` contains duplicate|^Model version transition cannot/,
    },
    ours: {
      ...INVALID,
      message: /^`order_by` contains duplicate|^Model version transition cannot/,
    },
  },
  {
    name: 'an id beyond 64 bits does not exist',
    reason: 'Stock answers 500.',
    stock: { status: 500, message: /^Python int too large/ },
    ours: { status: 404, code: 'RESOURCE_DOES_NOT_EXIST' },
  },
  {
    name: 'a stage without versions has none',
    reason: 'Stock says the same with 500.',
    stock: { status: 500, message: /^No versions of model with name/ },
    ours: { status: 404, code: 'RESOURCE_DOES_NOT_EXIST', message: /^No versions of model/ },
  },
  {
    name: 'storage that only clients reach',
    reason:
      'Stock breaks when it has no access to the storage; ours says that it does not go there.',
    on: /^GET \/model-versions\/get-artifact/,
    stock: { status: 500 },
    ours: { status: 501, code: 'NOT_IMPLEMENTED' },
  },
  {
    name: 'null lists are absent',
    reason: 'Stock breaks on them in these operations although null is absent everywhere else.',
    question: /runs\/log-batch.*null|runs\/search.*"max_results":null/,
    stock: { status: 500, html: true },
    ours: { status: 200 },
  },
  {
    name: 'times of a logged model by every name',
    reason: 'Stock breaks on `attributes.creation_time` although it takes `creation_time`.',
    on: /logged-models\/search/,
    stock: {
      status: 500,
      message: /^type object 'SqlLoggedModel' has no attribute '(?:creation|last)/,
    },
    ours: { status: 200 },
  },
  {
    name: "the caller's mistake is a 400",
    reason: 'Stock answers 500, often as an HTML page, and clients repeat a 500 for minutes.',
    stock: { status: 500 },
    ours: INVALID,
  },
  {
    name: 'page tokens are our own',
    reason:
      'They hold the last row of a page, not a count, so that no row is shown twice. What is wrong with a broken one is told in other words.',
    stock: { status: [200, 400] },
    ours: { ...INVALID, message: /^Invalid page token, / },
  },
  {
    name: 'another one of several faults is told',
    reason: 'A search is read as a whole before any of it is run.',
    on: /\/search/,
    stock: {
      ...INVALID,
      message:
        /^Invalid (?:entity type|comparison operator for|comparison: |order by key|experiment ID)/,
    },
    ours: {
      ...INVALID,
      message:
        /^(?:Invalid (?:filter string: |attribute key|compar|comparison: )|The '.*' comparator does not|While parsing a list)/,
    },
  },
  {
    name: 'lists of quoted texts only',
    reason: 'Stock takes numbers in these lists too, compares them with text and finds nothing.',
    on: /logged-models\/search/,
    stock: { status: 200 },
    ours: { ...INVALID, message: /^While parsing a list in the query, expected/ },
  },
  {
    name: 'double quotes are quotes',
    reason: 'Stock compares them as part of the value here, though not in its other searches.',
    on: /logged-models\/search/,
    question: /[=E]\\*[tn]?\s*\\"/i,
    stock: { status: 200 },
    ours: { status: 200 },
  },
  {
    name: 'a page has at least one row',
    reason: 'Stock answers an empty page with a token that leads to another one, for ever.',
    stock: { status: 200, body: /^\{"next_page_token":"<token>"\}$/ },
    ours: { status: [200, 400], body: /^\{\}$|must be a positive integer/ },
  },
  {
    name: 'ids are decimal digits',
    reason: 'Stock takes what Python takes for an integer, such as 1_0 or digits of other scripts.',
    question: /1_0|٣|%D9%A3/,
    stock: { status: [200, 404] },
    ours: INVALID,
  },
  {
    name: 'an experiment has one id',
    reason: 'Stock repeats 01 as it was sent.',
    question: /"experiment_id":"(?:01| 1)"/,
    stock: { status: [200, 404] },
    ours: { status: [200, 404] },
  },
  {
    name: 'keys have at most 250 characters',
    reason: 'Stock has no limit here on SQLite; indices of other databases have one.',
    on: /runs\/create|logged-models|3\.0\/mlflow\/traces$/,
    stock: { status: [200, 400] },
    ours: { ...INVALID, message: /^'key' exceeds the maximum length of 250 characters$/ },
  },
  {
    name: 'an empty run name is absent',
    reason: 'Stock makes a name and then refuses its tag beside the empty one.',
    question: /runs\/create.*"run_name":"".*"mlflow.runName","value":""/,
    stock: { status: 400, code: 'BAD_REQUEST' },
    ours: { status: 200 },
  },
  {
    name: 'messages show every character',
    reason: 'Stock prints what is not ASCII as escapes, which nobody can read.',
    stock: { ...INVALID, message: /^Invalid value ".*\\u[0-9a-f]{4}.*" for parameter/s },
    ours: { ...INVALID, message: /^Invalid value ".*[^\x20-\x7e].*" for parameter/s },
  },
  {
    name: 'a blank is no location',
    reason: 'Stock makes a folder with a blank as its name.',
    question: /"artifact_location":" "/,
    stock: { status: 200 },
    ours: { ...INVALID, message: /^Invalid artifact location/ },
  },
  {
    name: 'an empty key names no metric',
    reason: 'Stock answers an empty history.',
    on: /get-history-bulk\?/,
    stock: { status: 200 },
    ours: { ...INVALID, message: /must specify a metric_key\.$|it must be positive\.$/ },
  },
  {
    name: 'objects without a key in a list',
    reason: 'Stock has stored half of an earlier request that ours refused.',
    question: /(?:runs\/outputs|logged-models\/@\{xmodel\}\/params).*\[\{\}\]/,
    stock: { status: 400, message: /UNIQUE constraint failed/ },
    ours: { status: 200 },
  },
  {
    name: 'errors of the file routes are as all others',
    reason: 'Stock answers `detail` there and an error code everywhere else.',
    on: /mlflow-artifacts\/artifacts/,
    stock: { status: 400, body: /^\{"detail":/ },
    ours: INVALID,
  },
  {
    name: 'a listed path has no dot in front',
    reason: 'Stock puts the folder before every name as it was asked for.',
    on: /artifacts\/list.*path=\.$/,
    stock: { status: 200, body: /"path":"\.\// },
    ours: { status: 200, body: /^\{"files":\[\{"is_dir":true,"path":"[^.]/ },
  },
  {
    name: 'an empty file has a size',
    reason: 'Stock leaves out a size of 0, as if it were not known.',
    on: /artifacts.*void/,
    stock: { status: 200, body: /\{"is_dir":false,"path":"(?:void\/)?empty"\}/ },
    ours: { status: 200, body: /\{"file_size":0,"is_dir":false,"path":"(?:void\/)?empty"\}/ },
  },
  {
    name: 'ranges as in RFC 9110',
    reason:
      'A range that is not understood is ignored; one outside of the file is 416 with a body.',
    question: /"range":/,
    stock: { status: [400, 416] },
    ours: { status: [200, 416] },
  },
  {
    name: 'a missing file is named as it was asked for',
    reason: 'Stock prints the path that it made of it.',
    on: /get-artifact|artifacts\/files|mlflow-artifacts\/artifacts\//,
    stock: { status: [400, 404], message: /^(?:No such artifact|Artifact path refers)/ },
    ours: { status: [400, 404], message: /^(?:No such artifact|Artifact path refers)/ },
  },
  {
    name: 'no run is no run',
    reason: 'Stock prints an empty id as None.',
    on: /\/get-artifact\?run_id=&/,
    stock: { status: 404, message: /^Run with id=None not found$/ },
    ours: { status: 404, message: /^Run with id= not found$/ },
  },
  {
    name: 'nothing has no content type',
    reason: 'Stock says that 0 bytes are JSON or HTML.',
    stock: { status: 200, body: /^""$/ },
    ours: { status: 200, body: /^""$/ },
  },
  {
    name: 'times that can be read, and shown again',
    reason:
      'Stock takes a time or a duration that it can not read for 0, and stores times beyond the year 9999, which it can not show.',
    on: /mlflow\/traces(?:$|\/)/,
    stock: { status: [200, 404] },
    ours: {
      ...INVALID,
      message:
        /for parameter '(?:request_time|execution_duration|timestamp_ms)' supplied: expected/,
    },
  },
  {
    name: 'a tag of a trace that is not there',
    reason: 'Stock prints the refusal of its database, or looks for the tag before the trace.',
    on: /(?:PATCH|DELETE) .*traces\/tr-none\/tags/,
    stock: { status: [400, 404], message: /FOREIGN KEY|^Trace with ID/ },
    ours: { status: 404, code: 'RESOURCE_DOES_NOT_EXIST' },
  },
  {
    name: 'null is absent for traces too',
    reason: 'Stock refuses a null list here, or takes it for an empty one.',
    question: /mlflow\/traces.*"(?:tags|request_metadata|experiment_ids)":null/,
    stock: { status: [200, 400] },
    ours: { status: 200 },
  },
  {
    name: 'a trace that ends has a state',
    reason: 'Stock looks for the trace first, and breaks where there is one.',
    on: /PATCH .*traces\/none$/,
    stock: { status: 404 },
    ours: { ...INVALID, message: /^Missing value for required parameter 'status'/ },
  },
  {
    name: 'a trace without spans in the database',
    reason: 'Stock answers 500, which clients repeat for minutes.',
    on: /traces\/get\?trace_id=tr-xbare/,
    stock: { status: 500, message: /^Trace data not stored in tracking store$/ },
    ours: { status: 404, code: 'RESOURCE_DOES_NOT_EXIST' },
  },
  {
    name: 'an attachment is named as it was asked for',
    reason: 'Stock prints the path that it made of it.',
    on: /get-trace-artifact/,
    stock: { ...INVALID, message: /^Invalid attachment path: / },
    ours: { ...INVALID, message: /^Invalid attachment path: / },
  },
  {
    name: 'errors of OTLP are as all others',
    reason: 'Stock answers `detail` alone; ours says the same there, and more where it knows more.',
    on: /\/v1\/traces/,
    stock: { status: [400, 422], body: /^\{"detail":/ },
    ours: { status: [400, 422], code: 'INVALID_PARAMETER_VALUE', body: /^\{"detail":"/ },
  },
  {
    name: 'no gateway',
    reason: 'The server has no gateway for language models.',
    on: /server-info/,
    stock: { status: 200, body: /"gateway":true/ },
    ours: { status: 200, body: /"gateway":false/ },
  },
];
