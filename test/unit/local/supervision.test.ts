import { deepEqual, equal, match } from "node:assert/strict";
import { appendFileSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Download } from "../../../sandbox/engines/local/download";
import { forgetOld, happenedSince, reasonOf, record, storyOf } from "../../../sandbox/engines/local/happened";

describe("an engine that ends", () => {
  it("has a readable reason", () => {
    const heap = "Terminating due to java.lang.OutOfMemoryError: Java heap space";
    equal(reasonOf(3, heap), "out of memory: start it with a larger --memory");
    match(reasonOf("SIGKILL", "all is well"), /killed \(SIGKILL\)/);
    match(reasonOf(1, "x\nbind: address already in use"), /its port is somebody else's/);
    equal(reasonOf(2, "first\nno such option\n"), "exit code 2: no such option");
    equal(reasonOf(undefined, ""), "ended");
  });

  it("has a history with state, time, count and reason, without half-written lines", () => {
    const folder = mkdtempSync(join(tmpdir(), "lakehouse-happened-"));
    try {
      equal(storyOf("minio", happenedSince(folder)), undefined);
      record(folder, { engine: "minio", what: "ended", why: "the disk is full" });
      match(storyOf("minio", happenedSince(folder)) ?? "", /^ended after \d\d:\d\d:\d\d UTC: the disk is full$/);
      record(folder, { engine: "minio", what: "started again" });
      record(folder, { engine: "minio", what: "ended", why: "killed" });
      record(folder, { engine: "minio", what: "started again" });
      appendFileSync(join(folder, "happened.jsonl"), '{"at":"20');
      match(storyOf("minio", happenedSince(folder)) ?? "", /^started again after .*, 2 times in all: killed$/);
      equal(storyOf("postgres", happenedSince(folder)), undefined);
      equal(happenedSince(folder, Date.now() + 1000).length, 0);
      equal(statSync(join(folder, "happened.jsonl")).mode & 0o777, 0o600);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("is recorded in a file of limited size", () => {
    const folder = mkdtempSync(join(tmpdir(), "lakehouse-happened-"));
    try {
      for (let count = 0; count < 510; count++) record(folder, { engine: String(count), what: "ended" });
      forgetOld(folder);
      const all = happenedSince(folder);
      deepEqual([all.length, all.at(-1)?.engine], [500, "509"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("a first start", () => {
  it("prints what it downloads, the time, the rest, and its progress", async () => {
    const lines: string[] = [];
    const parts = [
      { name: "trino", what: "Trino 476", megabytes: 821 },
      { name: "minio", what: "object store 1", megabytes: 450 },
    ];
    const download = new Download(parts, (line) => lines.push(line), 50);
    equal(download.plan, "2 parts, about 1.3 GB,");
    download.began("trino");
    // Cached artefacts do not count.
    download.began("python");
    while (lines.length < 2) await new Promise((next) => setTimeout(next, 10));
    download.ended("python");
    download.ended("trino");
    download.ended("minio");
    download.end();
    deepEqual(
      [lines[0], lines.at(-2), lines.at(-1)].map((line) => line?.replace(/in \d+ s/, "in 0 s")),
      [
        "obtaining Trino 476, 821 MB",
        "obtained Trino 476 in 0 s; 1 of 2 parts are left, about 450 MB",
        "obtained object store 1 in 0 s; nothing is left",
      ],
    );
    match(lines[1] ?? "", /^still obtaining Trino 476 for \d+ s$/);
  });
});
