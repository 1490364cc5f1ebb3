// Keeps a copy of the published articles in a file: a snapshot first, then what comes.
//
//   npm install && node mirror.mjs mirror.json
//
// The file has the articles and how far they go, written together and put in its place as a whole. So
// it may be stopped and killed at any time, and begun again days later.

import { randomUUID } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import registryClient from "@kafkajs/confluent-schema-registry";
import { decompress } from "fzstd";

// Compaction leaves batches without records. kafkajs 2.2.4 forgets them, so where a segment ends with
// them it asks for the same again for ever. Here each of them gets a mark, as transactions leave it, at
// its last offset: nobody is told of a mark, but kafkajs goes on behind it.
const require = createRequire(import.meta.url);
const decoder = require.resolve("kafkajs/src/protocol/recordBatch/v0/decoder");
const decode = require(decoder);
require.cache[decoder].exports = async (bytes) => {
  const batch = await decode(bytes);
  if (batch.records.length > 0) return batch;
  const offset = (BigInt(batch.firstOffset) + BigInt(batch.lastOffsetDelta)).toString();
  return { ...batch, records: [{ offset, key: null, value: null, isControlRecord: true, batchContext: batch }] };
};
const kafkajs = require("kafkajs"); // behind this

const { CompressionCodecs, CompressionTypes, Kafka, logLevel } = kafkajs;

const file = process.argv[2] ?? "mirror.json";
const brokers = (process.env.KAFKA_BOOTSTRAP_SERVERS ?? "localhost:9092").split(",");
const site = process.env.NEWSFEED_URL ?? "http://localhost:8080";
const topic = (process.env.NEWSFEED_TOPIC_PREFIX ?? "newsfeed.") + "published";

// The topic drops the record that deletes a key after seven days, so whoever was away for longer may
// have missed one and has to read from the beginning.
const MAX_AWAY_MS = 6 * 24 * 3_600_000;
const SAVE_EVERY_MS = 1_000;

// The topics are compressed with zstd, which kafkajs does not bring along.
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: () => Promise.reject(new Error("a mirror writes nothing")),
  decompress: async (bytes) => Buffer.from(decompress(bytes)),
});

// Brokers with TLS and passwords: the name begins the names of the groups that it may use.
const user = process.env.KAFKA_USERNAME;
const secured = user && {
  ssl: { ca: readFileSync(process.env.KAFKA_SSL_TRUSTSTORE_LOCATION) },
  sasl: { mechanism: "scram-sha-512", username: user, password: process.env.KAFKA_PASSWORD },
};
const kafka = new Kafka({ clientId: "newsfeed-mirror", brokers, logLevel: logLevel.ERROR, ...secured });
const registry = new registryClient.SchemaRegistry({ host: site });
const admin = kafka.admin();

function load() {
  try {
    const saved = JSON.parse(readFileSync(file, "utf8"));
    return saved.topic === topic ? saved : null;
  } catch (e) {
    if (e.code === "ENOENT") return null;
    throw e; // a file of something else is not to be overwritten
  }
}

/** Kafka's id of the topic, which is another one when the topic was deleted and made anew. */
async function topicId() {
  const answer = await fetch(new URL("/health/ready", site));
  return (await answer.json()).publishedTopicId;
}

/** Why it cannot be gone on from there; null: it can. */
function unusable(saved, id, bounds) {
  if (!saved) return "there is no copy of it yet";
  if (Date.now() - saved.savedAt > MAX_AWAY_MS) return "the copy is older than six days";
  if (saved.id !== id) return "the topic is another one";
  const within = ({ partition, low, high }) =>
    saved.places[partition] >= Number(low) && saved.places[partition] <= Number(high);
  return bounds.every(within) ? null : "the topic does not have what comes next";
}

class Copy {
  articles = {};
  places = {}; // by partition: the next offset
  stale = new Set(); // partitions whose batch is to be passed over
  ends = {}; // by partition: what "caught up" means
  caughtUp = false;
  dirty = false;

  /** Goes on with what was saved, or begins anew: the file keeps what it has until that has caught up. */
  async follow(saved) {
    // kafkajs reads in groups only. A group of its own gets every partition; its offsets are not used,
    // because they could not be kept together with the articles.
    this.consumer = kafka.consumer({ groupId: `${user ?? "newsfeed"}-mirror-${randomUUID()}` });
    const { END_BATCH_PROCESS, CRASH } = this.consumer.events;
    this.consumer.on(END_BATCH_PROCESS, ({ payload }) => this.pass(payload));
    this.consumer.on(CRASH, ({ payload }) => this.crashed(payload.error));
    await this.consumer.connect();
    await this.consumer.subscribe({ topics: [topic], fromBeginning: true });
    const bounds = await admin.fetchTopicOffsets(topic);
    this.id = await topicId();
    const why = unusable(saved, this.id, bounds);
    console.log(why ? `reading from the beginning: ${why}` : "going on");
    if (!why) this.articles = saved.articles;
    for (const { partition, low, high } of bounds) {
      this.places[partition] = why ? Number(low) : saved.places[partition];
      this.ends[partition] = Number(high);
    }
    await this.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (batch) => this.take(batch),
    });
    for (const [partition, next] of Object.entries(this.places)) {
      this.consumer.seek({ topic, partition: Number(partition), offset: String(next) });
    }
    this.passEnds();
  }

  async take({ batch, resolveOffset, heartbeat, isStale }) {
    if (isStale()) {
      this.stale.add(batch.partition); // fetched before the seek
      return;
    }
    for (const message of batch.messages) {
      if (Number(message.offset) >= this.places[batch.partition]) await this.keep(message, batch.partition);
      resolveOffset(message.offset);
      await heartbeat();
    }
    resolveOffset(batch.lastOffset()); // behind the marks of transactions
  }

  async keep({ offset, key, value }, partition) {
    const id = String(key);
    if (value === null) {
      delete this.articles[id];
    } else if (value[0] !== 0 || value.length < 6) {
      console.error(`passed over what is no Avro: partition ${partition}, offset ${offset}`);
    } else {
      this.articles[id] = await registry.decode(value); // a failure ends the program: nothing is left out
      if (this.caughtUp) tell(this.articles[id]);
    }
    this.places[partition] = Number(offset) + 1;
  }

  /** After each batch, also one that has nothing but the marks of transactions. */
  pass({ partition, lastOffset }) {
    if (this.stale.delete(partition)) return;
    this.places[partition] = Math.max(this.places[partition], Number(lastOffset) + 1);
    this.dirty = true;
    this.passEnds();
  }

  passEnds() {
    if (this.caughtUp || Object.keys(this.ends).some((p) => this.places[p] < this.ends[p])) return;
    this.caughtUp = true;
    this.dirty = true;
    this.save();
    const all = Object.values(this.articles);
    const gone = all.filter((article) => article.status !== "usable").length;
    console.log(`caught up: ${all.length - gone} articles, ${gone} withdrawn`);
  }

  save() {
    if (!this.dirty || !this.caughtUp) return;
    const { id, places, articles } = this;
    writeFileSync(`${file}.tmp`, JSON.stringify({ topic, id, savedAt: Date.now(), places, articles }));
    renameSync(`${file}.tmp`, file);
    this.dirty = false;
  }

  crashed(error) {
    console.error(error.message);
    stop(1); // whoever started it starts it again; it goes on where the file ends
  }
}

function tell(article) {
  const what = article.status === "usable" ? article.article.headline : article.withdrawal?.reason;
  console.log(`${article.change} ${article.articleId} v${article.version}: ${what}`);
}

async function stop(status) {
  copy.save();
  await Promise.allSettled([copy.consumer.disconnect(), admin.disconnect()]);
  process.exit(status);
}

await admin.connect();
const copy = new Copy();
await copy.follow(load());
setInterval(() => copy.save(), SAVE_EVERY_MS);
process.on("SIGTERM", () => stop(0));
process.on("SIGINT", () => stop(0));
