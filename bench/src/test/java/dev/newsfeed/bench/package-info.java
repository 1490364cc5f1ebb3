@NullMarked
package dev.newsfeed.bench;

import org.jspecify.annotations.NullMarked;
