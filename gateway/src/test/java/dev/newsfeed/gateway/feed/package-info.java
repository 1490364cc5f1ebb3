/** Tests of {@code feed}. */
@NullMarked
package dev.newsfeed.gateway.feed;

import org.jspecify.annotations.NullMarked;
