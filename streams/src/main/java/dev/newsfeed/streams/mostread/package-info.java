/** Counts reads and keeps the most-read lists on {@code most-read}. */
@NullMarked
package dev.newsfeed.streams.mostread;

import org.jspecify.annotations.NullMarked;
