@NullMarked
package dev.newsfeed.app;

import org.jspecify.annotations.NullMarked;
