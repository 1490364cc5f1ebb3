/** Decides what the public may see of each article, and says so on {@code published}. */
@NullMarked
package dev.newsfeed.streams.publication;

import org.jspecify.annotations.NullMarked;
