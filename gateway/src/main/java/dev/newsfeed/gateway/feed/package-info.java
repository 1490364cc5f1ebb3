/** Feeds as JSON Feed, RSS and Atom. */
@NullMarked
package dev.newsfeed.gateway.feed;

import org.jspecify.annotations.NullMarked;
