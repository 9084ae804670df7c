import { describe, expect, it } from 'vitest';
import { storeConfig } from '../platform/config/store-config.js';
import { ObjectStore } from './backends/object-store.js';
import { ArtifactPlaces } from './places.js';

const AZURE = 'wasbs://box@account.blob.core.windows.net';

const placesOn = (destination: string, defaultRoot = 'mlflow-artifacts:/', serveArtifacts = true) =>
  new ArtifactPlaces({ destination, defaultRoot, serveArtifacts, stores: storeConfig({}) });

describe('places in buckets', () => {
  it.each([
    ['s3://models/root', 's3://models/root/1/a'],
    ['s3://models', 's3://models/1/a'],
    ['gs://models/root/', 'gs://models//root/1/a'],
    [`${AZURE}/root`, `${AZURE}/root/1/a`],
  ])('below %s are reached and have one name', (destination, location) => {
    const places = placesOn(destination);
    expect(places.destination).toBeInstanceOf(ObjectStore);
    expect(places.at(location).backend).toBeInstanceOf(ObjectStore);
    expect(places.at('mlflow-artifacts:/1/a').backend).toBeInstanceOf(ObjectStore);
    expect(places.nameOf(location)).toBe('mlflow-artifacts:/1/a');
    expect(places.nameOf('mlflow-artifacts:/1/a')).toBe('mlflow-artifacts:/1/a');
  });

  it('of the default root are reached without the proxy', () => {
    const places = placesOn('./mlartifacts', 's3://models/direct', false);
    expect(places.at('s3://models/direct/1/a').backend).toBeInstanceOf(ObjectStore);
    expect(places.nameOf('S3://models//direct/1/a')).toBe('s3://models/direct/1/a');
    expect(places.transfers).toEqual({ uploads: false, downloads: false });
  });

  it.each([
    's3://other/root/1/a',
    's3://models/root-evil/1/a',
    's3://models/roo',
    's3://models/',
    'gs://models/root/1/a',
    `${AZURE}/root/1/a`,
  ])('that clients name elsewhere are not reached: %s', async (location) => {
    const places = placesOn('s3://models/root');
    const { backend } = places.at(location);
    expect(backend).not.toBeInstanceOf(ObjectStore);
    expect(backend.direct).toBeUndefined();
    expect(places.nameOf(location)).toBeUndefined();
  });

  it.each([
    's3://models/root/../other',
    's3://models/root/%2e%2e/other',
    's3://models/root/a\\..\\b',
  ])('do not climb: %s', (location) => {
    expect(() => placesOn('s3://models/root').at(location)).toThrow();
  });

  it.each(['s3://', 'gs:///x', 'wasbs://box@elsewhere.example/x', 's3://bucket/../x'])(
    'that are none stop the start: %s',
    (destination) => {
      expect(() => placesOn(destination)).toThrow();
    },
  );

  it('tell clients what they may send past the server', () => {
    const of = (destination: string) => placesOn(destination).transfers;
    expect(of('./folder')).toEqual({ uploads: false, downloads: false });
    expect(of('s3://models')).toEqual({ uploads: true, downloads: true });
    expect(of('gs://models')).toEqual({ uploads: true, downloads: false });
    expect(of(AZURE)).toEqual({ uploads: true, downloads: false });
  });
});
