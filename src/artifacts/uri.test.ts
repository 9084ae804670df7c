import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { joinLocation, type LocationSettings, resolveExperimentLocation } from './uri.js';

const SETTINGS: LocationSettings = {
  defaultRoot: 'mlflow-artifacts:/',
  destination: './mlartifacts',
  allowedHostSchemes: [],
  maxLocationLength: 2_048,
};

const locate = (given: string | undefined, settings: Partial<LocationSettings> = {}): string =>
  resolveExperimentLocation({ given, experimentId: 7, settings: { ...SETTINGS, ...settings } });

const PARAMS = "'artifact_location' URL can't include fragments or params.";
const QUERY = 'Invalid query string';
const HOST = "addresses a host other than the tracking server's configured artifact storage";

describe('joinLocation', () => {
  it.each([
    ['mlflow-artifacts:/', 'mlflow-artifacts:/a/b'],
    ['mlflow-artifacts:/1', 'mlflow-artifacts:/1/a/b'],
    ['s3://bucket', 's3://bucket/a/b'],
    ['s3://bucket/x/', 's3://bucket/x/a/b'],
    ['s3://bucket/x?v=1', 's3://bucket/x/a/b?v=1'],
    ['/tmp/x', '/tmp/x/a/b'],
    ['/tmp/x?v', '/tmp/x?v/a/b'],
    ['file:///tmp/x', 'file:///tmp/x/a/b'],
    ['file:/tmp/x', 'file:///tmp/x/a/b'],
    ['mlflow-artifacts:///x', 'mlflow-artifacts:/x/a/b'],
    ['mlflow-artifacts://host:1/x', 'mlflow-artifacts://host:1/x/a/b'],
    ['S3://Bucket/X', 's3://Bucket/X/a/b'],
    ['dbfs:/x', 'dbfs:/x/a/b'],
  ])('appends to %s', (location, joined) => {
    expect(joinLocation(location, 'a', 'b')).toBe(joined);
  });
});

describe('the artifact location of an experiment', () => {
  it.each([
    ['mlflow-artifacts:/', 'mlflow-artifacts:/7'],
    ['s3://bucket/root', 's3://bucket/root/7'],
    ['/srv/root', '/srv/root/7'],
    ['./mlruns', `${resolve('mlruns')}/7`],
    ['file:///srv/root', 'file:///srv/root/7'],
  ])('is a folder of the default root %s', (defaultRoot, location) => {
    expect(locate(undefined, { defaultRoot })).toBe(location);
    expect(locate('', { defaultRoot })).toBe(location);
  });

  it.each([
    's3://bucket/x',
    's3://bucket/x/',
    's3://bucket/x;y',
    's3://bucket/x?version=2',
    's3://bucket/x/../y',
    'foo://bar/x',
    'dbfs:/x',
    '/tmp/x',
    '/tmp/x/',
    '/tmp/a%20b',
    '/tmp/x?y',
    'file:///tmp/x',
    'file:/tmp/x',
    'file://localhost/tmp/x',
    'mlflow-artifacts:/x/y',
    'wasbs://c@account.blob.core.windows.net/x',
  ])('is %s when the caller says so', (given) => {
    expect(locate(given)).toBe(given);
  });

  it.each([
    ['x/y', resolve('x/y')],
    ['./x', resolve('x')],
    ['../x', resolve('../x')],
    ['/tmp/x/../y', '/tmp/y'],
    ['/tmp/%2e%2e/y', '/y'],
    ['/tmp/100%25/../y%25', '/tmp/y%25'],
    ['file:x/y', `file://${resolve('x/y')}`],
    ['file:///tmp/x/../y', 'file:///tmp/y'],
  ])('is absolute and without detours: %s', (given, stored) => {
    expect(locate(given)).toBe(stored);
    expect(locate(stored)).toBe(stored);
  });

  it.each([
    ['s3://b/x#y', PARAMS],
    ['/tmp/x#', PARAMS],
    ['/tmp/x#/../../etc', PARAMS],
    ['/tmp/x;y', PARAMS],
    ['/tmp/x;', PARAMS],
    ['http://host/x;y', PARAMS],
    ['s3://b/x?/../../etc', QUERY],
    ['/tmp/x?/../..', QUERY],
    ['s3://b/x?a=%2e%2e', QUERY],
    ['s3://b/x?a=%25252e%25252e', QUERY],
    ['http://host/x', `'artifact_location' cannot use the 'http' scheme`],
    ['HTTP://host/x', HOST],
    ['https://169.254.169.254/latest', HOST],
    ['ftp:///x', HOST],
    ['hdfs://host/x', HOST],
    ['mlflow-artifacts://host/x', HOST],
    ['abfss://c@account.dfs.core.windows.net/x', HOST],
    ['http://user@host\\@own/x', HOST],
    ['runs:/abc/x', "Artifact location cannot be a runs:/ URI. Given: 'runs:/abc/x'"],
    ['RUNS:/abc/x', 'Artifact location cannot be a runs:/ URI.'],
    [`s3://b/${'x'.repeat(2_048)}`, 'Invalid artifact path length.'],
    ['x'.repeat(100_000), 'cannot be greater than 2048 characters'],
    ['mlflow-artifacts:/../x', 'Invalid path'],
    ['mlflow-artifacts:/1/%2e%2e/2', 'Invalid path'],
    ['mlflow-artifacts:/1/%252e%252e/2', 'Invalid path'],
    ['file://host/x', 'is not a valid remote uri'],
    [' s3://b/x', 'Invalid artifact location'],
    ['ht\ntp://host/x', 'Invalid artifact location'],
    ['/tmp/%00', 'Invalid artifact location'],
  ])('is not %s', (given, message) => {
    expect(() => locate(given)).toThrow(message);
    expect(() => locate(given)).toThrow(expect.objectContaining({ status: 400 }));
  });

  it.each([
    [{ defaultRoot: 'http://own:5000/api/2.0/mlflow-artifacts/artifacts' }, 'http://own:5000/x'],
    [{ defaultRoot: 'http://own/x' }, 'http://OWN:80/y'],
    [{ defaultRoot: 'http://own/x' }, 'mlflow-artifacts://own/y'],
    [{ destination: 'hdfs://own:8020/x' }, 'viewfs://own:8020/y'],
    [{ destination: 'abfss://c@own.example/x' }, 'abfss://d@own.example/y'],
    [{ allowedHostSchemes: ['FTP'] }, 'ftp://anywhere/y'],
  ])('may name the host of the own storage: %j', (settings, given) => {
    expect(locate(given, settings)).toBe(given);
  });

  it.each([
    [{ defaultRoot: 'http://own:5000/x' }, 'http://own/x'],
    [{ defaultRoot: 'http://own/x' }, 'https://own/x'],
    [{ defaultRoot: 'http://own/x' }, 'http://own.evil/x'],
    [{ defaultRoot: 'http://own/x' }, 'http://own@evil/x'],
    [{ destination: 'hdfs://own/x' }, 'hdfs://own:8020/x'],
  ])('may not name one that only looks like it: %j', (settings, given) => {
    expect(() => locate(given, settings)).toThrow(HOST);
  });
});
