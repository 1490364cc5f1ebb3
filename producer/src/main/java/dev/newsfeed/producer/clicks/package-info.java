/** Clicks of readers: as pages send them and as logs hold them, who is a reader, and how many at most. */
@NullMarked
package dev.newsfeed.producer.clicks;

import org.jspecify.annotations.NullMarked;
