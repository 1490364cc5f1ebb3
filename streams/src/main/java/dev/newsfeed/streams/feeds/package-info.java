/** Keeps every feed's newest entries on {@code feeds}. */
@NullMarked
package dev.newsfeed.streams.feeds;

import org.jspecify.annotations.NullMarked;
