@NullMarked
package dev.newsfeed.streams.feeds;

import org.jspecify.annotations.NullMarked;
