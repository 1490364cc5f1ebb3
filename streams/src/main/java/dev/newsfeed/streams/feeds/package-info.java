/** Keeps every feed, and its first entries on {@code feeds}. */
@NullMarked
package dev.newsfeed.streams.feeds;

import org.jspecify.annotations.NullMarked;
