@NullMarked
package dev.newsfeed.streams.mostread;

import org.jspecify.annotations.NullMarked;
