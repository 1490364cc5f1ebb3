/**
 * The newsroom's side: articles and clicks come in here, are checked, and go to Kafka.
 *
 * <pre>
 * intake ──▶ clicks ──▶ http ──▶ formats ──▶ publishers and their outbox (here)
 * files  ─────────────────────────▲
 * </pre>
 */
@NullMarked
package dev.newsfeed.producer;

import org.jspecify.annotations.NullMarked;
