import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Resource } from './intrinsics';

/** The one stack of a cloud assembly, which is what `cdk synth` writes. */
export interface Assembly {
  /** The resources of the stack's template, by logical id. */
  readonly resources: Record<string, Resource>;
  /** The directories of its assets, by the object key under which they would be uploaded. */
  readonly assets: ReadonlyMap<string, string>;
}

/** Reads a cloud assembly; throws unless it holds exactly one stack. */
export function readAssembly(directory: string): Assembly {
  const read = (file: string) => JSON.parse(readFileSync(join(directory, file), 'utf8'));
  const artifacts: any[] = Object.values(read('manifest.json').artifacts);
  const stacks = artifacts.filter(({ type }) => type === 'aws:cloudformation:stack' || type === 'cdk:cloud-assembly');
  if (stacks.length !== 1 || stacks[0].type === 'cdk:cloud-assembly') {
    throw new Error(`the local run takes an app of one stack, got ${stacks.map(({ displayName }) => displayName).join(', ') || 'none'}`);
  }

  const assets = new Map<string, string>();
  for (const { properties } of artifacts.filter(({ type }) => type === 'cdk:asset-manifest')) {
    const files: any[] = Object.values(read(properties.file).files);
    for (const { source, destinations } of files.filter((file) => file.source.packaging === 'zip')) {
      for (const { objectKey } of Object.values<any>(destinations)) assets.set(objectKey, resolve(directory, source.path));
    }
  }
  return { resources: read(stacks[0].properties.templateFile).Resources, assets };
}
