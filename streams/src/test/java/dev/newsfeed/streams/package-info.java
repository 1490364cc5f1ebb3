@NullMarked
package dev.newsfeed.streams;

import org.jspecify.annotations.NullMarked;
