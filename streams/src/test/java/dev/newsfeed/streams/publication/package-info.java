@NullMarked
package dev.newsfeed.streams.publication;

import org.jspecify.annotations.NullMarked;
