/** The jobs and what runs them. Rules are plain Java; Kafka is at their edges. */
@NullMarked
package dev.newsfeed.streams;

import org.jspecify.annotations.NullMarked;
